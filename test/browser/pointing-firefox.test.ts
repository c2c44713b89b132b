// web · every page under the pointer in Firefox
import { firefox } from '../support/engines/firefox.ts'
import { pointing } from '../support/pointing.ts'

pointing(firefox)
