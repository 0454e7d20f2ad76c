// Package table reads and writes the spreadsheets that a property office has: CSV in whatever encoding its program wrote,
// and XLSX. It knows rows, columns by their Chinese or English names, and cells as text; what the cells mean is for who
// reads them.
package table
