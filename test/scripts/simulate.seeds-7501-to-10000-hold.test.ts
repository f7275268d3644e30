import { seedsHold } from '../helper/seeds-hold.js'

seedsHold(7501, 2_500)
