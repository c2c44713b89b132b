// pure · modules that the bundler imports as text
declare module '*.liquid' {
  const text: string
  export default text
}

/** A file of src/ui/islands or src/ui/styles, made for the browser by scripts/islands.mjs, or all of them compressed. */
declare module '*.txt' {
  const text: string
  export default text
}
