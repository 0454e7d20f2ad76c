package track

import "math"

// assign solves the assignment problem by the Hungarian method (Kuhn 1955; the O(n³) form with potentials): for each
// row the column that it gets, −1 for none, so that the sum of the costs is least. Pairs of cost +Inf are never made;
// as many of the other pairs as possible are. cost has rows of equal length.
func assign(cost [][]float64) []int {
	rows := len(cost)
	got := make([]int, rows)
	for i := range got {
		got[i] = -1
	}
	if rows == 0 || len(cost[0]) == 0 {
		return got
	}
	cols := len(cost[0])
	n := max(rows, cols)
	const never = 1e9
	at := func(i, j int) float64 {
		if i >= rows || j >= cols || math.IsInf(cost[i][j], 1) {
			return never
		}
		return cost[i][j]
	}
	u, v := make([]float64, n+1), make([]float64, n+1)
	rowOf := make([]int, n+1) // of each column, 1-based; 0 is none
	way := make([]int, n+1)
	for i := 1; i <= n; i++ {
		rowOf[0] = i
		j0 := 0
		least := make([]float64, n+1)
		used := make([]bool, n+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		for {
			used[j0] = true
			i0, j1, delta := rowOf[j0], 0, math.Inf(1)
			for j := 1; j <= n; j++ {
				if used[j] {
					continue
				}
				if c := at(i0-1, j-1) - u[i0] - v[j]; c < least[j] {
					least[j], way[j] = c, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := 0; j <= n; j++ {
				if used[j] {
					u[rowOf[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			j0 = j1
			if rowOf[j0] == 0 {
				break
			}
		}
		for j0 != 0 {
			rowOf[j0] = rowOf[way[j0]]
			j0 = way[j0]
		}
	}
	for j := 1; j <= cols; j++ {
		if i := rowOf[j] - 1; i >= 0 && i < rows && at(i, j-1) < never {
			got[i] = j - 1
		}
	}
	return got
}
