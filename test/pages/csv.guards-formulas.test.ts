import t from 'tap'
import { csvOf } from '../../src/pages/day-list/csv.js'

t.test('lines end and cells are quoted as RFC 4180 says, after the mark of UTF-8', async (t) => {
  t.equal(csvOf([['a', 'b, c', 'd "e"', 'f\ng', 'ö']]), '\ufeffa,"b, c","d ""e""","f\ng",ö\r\n')
})

t.test('where numbers have a comma, cells are apart by semicolons', async (t) => {
  t.equal(csvOf([['a,b', 'c;d', 'e']], ';'), '\ufeff"a,b";"c;d";e\r\n')
})

t.test('a cell that would run as a formula begins with an apostrophe', async (t) => {
  for (const text of ['=1+1', '+49 30', '-1', '@SUM(A1)', '\tx'])
    t.equal(csvOf([[text]]), `\ufeff'${text}\r\n`)
  t.equal(csvOf([['=A1,"x"']]), '\ufeff"\'=A1,""x"""\r\n', 'also where it is quoted')
  t.equal(csvOf([['a=1']]), '\ufeffa=1\r\n', 'control: in the middle it is text')
})
