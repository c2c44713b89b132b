// pure · the statement by which a superuser ends the making of large objects, in one database
export const endLargeObjects =
  'revoke execute on function pg_catalog.lo_creat(integer), pg_catalog.lo_create(oid), pg_catalog.lo_from_bytea(oid, bytea) from public'
