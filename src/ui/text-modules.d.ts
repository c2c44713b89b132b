// pure · files that the bundler hands over as text
declare module '*.css' {
  const text: string
  export default text
}

declare module '*.liquid' {
  const text: string
  export default text
}

/** The `.ts` beside it, bundled for the browser. */
declare module '*.island' {
  const text: string
  export default text
}
