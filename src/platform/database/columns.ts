// table · column types shared by every domain: octets and UTC moments
import { customType, timestamp } from 'drizzle-orm/pg-core'

/** bytea as a plain Uint8Array. */
export const octets = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  fromDriver: (buffer) => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength),
})

/** timestamptz with milliseconds, as a Date. */
export const moment = (name?: string) =>
  name === undefined
    ? timestamp({ withTimezone: true, precision: 3, mode: 'date' })
    : timestamp(name, { withTimezone: true, precision: 3, mode: 'date' })
