// pure · the time zones to choose from, with the one that is chosen even where it has an older name
export const zoneOptions = (chosen: string): readonly { readonly value: string; readonly label: string }[] =>
  [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])]
    .filter((zone) => zone !== '')
    .map((zone) => ({ value: zone, label: zone }))
