// web · every page under the pointer with the style sheets as the oldest browsers read them: without :has() and more
import { chromiumReading } from '../support/engines/chromium.ts'
import { asReadByFloor } from '../support/floor.ts'
import { pointing } from '../support/pointing.ts'

pointing(chromiumReading('the oldest browsers', asReadByFloor))
