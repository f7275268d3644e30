import { seedsHold } from '../helper/seeds-hold.js'

seedsHold(1, 2_500)
