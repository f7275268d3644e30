import { seedsHold } from '../helper/seeds-hold.js'

seedsHold(2501, 2_500)
