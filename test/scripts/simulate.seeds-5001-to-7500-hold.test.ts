import { seedsHold } from '../helper/seeds-hold.js'

seedsHold(5001, 2_500)
