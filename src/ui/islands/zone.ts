// client · sends the browser's time zone along with the first sign-in; without it times are shown in UTC
for (const input of document.querySelectorAll<HTMLInputElement>('input[data-zone]'))
  input.value = Intl.DateTimeFormat().resolvedOptions().timeZone
