import { test } from 'tap'
import { withDatabase, withOption } from '../../src/database/uri.js'

const rows: [string, string][] = [
  ['mongodb://one:1', 'mongodb://one:1/new'],
  ['mongodb://one:1/', 'mongodb://one:1/new'],
  ['mongodb://one:1/?appName=x', 'mongodb://one:1/new?appName=x'],
  ['mongodb://one:1?appName=x', 'mongodb://one:1/new?appName=x'],
  ['mongodb://one:1,two:2/old?replicaSet=rs0&w=1', 'mongodb://one:1,two:2/new?replicaSet=rs0&w=1'],
  // Which database knows the user: the one that is named, else the one of the path, else admin.
  ['mongodb://ada:pw@one:1/?appName=x', 'mongodb://ada:pw@one:1/new?appName=x&authSource=admin'],
  ['mongodb+srv://ada:pw@one/old', 'mongodb+srv://ada:pw@one/new?authSource=old'],
  ['mongodb://ada:pw@one:1/old?authsource=users', 'mongodb://ada:pw@one:1/new?authsource=users'],
  ['mongodb://ada:p%2Fw%3F@one:1/old', 'mongodb://ada:p%2Fw%3F@one:1/new?authSource=old'],
]

test('another database: servers, options and the user stay', async (t) => {
  for (const [before, after] of rows) t.equal(withDatabase(before, 'new'), after)
})

test('another option: a query that is there already goes on, and nothing is said twice', async (t) => {
  t.equal(withOption('mongodb://one:1/x', 'appName', 'a b'), 'mongodb://one:1/x?appName=a%20b')
  t.equal(withOption('mongodb://one:1/x?w=1', 'appName', 'y'), 'mongodb://one:1/x?w=1&appName=y')
  t.equal(withOption('mongodb://one:1/x?APPNAME=z&w=1', 'appName', 'y'), 'mongodb://one:1/x?w=1&appName=y')
})
