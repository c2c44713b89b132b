// pure · time zones to choose from, including the chosen one under an older name
export const zoneOptions = (chosen: string): readonly { readonly value: string; readonly label: string }[] =>
  [...new Set(['UTC', chosen, ...Intl.supportedValuesOf('timeZone')])]
    .filter((zone) => zone !== '')
    .map((zone) => ({ value: zone, label: zone }))
