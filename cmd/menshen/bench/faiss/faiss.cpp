// faiss measures FAISS on the vectors that menshen bench gallery made, on one thread, and prints JSON: for Flat and HNSW
// (M 32, at several widths of the search) the time of a query (p50 and p99, µs), the share of queries whose nearest
// vector is found, and of HNSW how long inserting takes. Usage: faiss FILE. FILE is, in little endian: dimension, number
// of vectors, number of queries (8 bytes each), then both as float32. It has no name that ends in _test, .c or .cc, and
// lies in a folder without Go files, so the Go tools leave it alone.
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <vector>

using idx = faiss::Index::idx_t;

static double now() {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Times {
    double p50, p99;
    std::vector<idx> nearest;
};

static Times search(const faiss::Index& index, const std::vector<float>& queries, int64_t dim) {
    Times t{};
    std::vector<double> each;
    for (size_t at = 0; at < queries.size(); at += dim) {
        float distance;
        idx label;
        double start = now();
        index.search(1, queries.data() + at, 1, &distance, &label);
        each.push_back(now() - start);
        t.nearest.push_back(label);
    }
    std::sort(each.begin(), each.end());
    t.p50 = each[(each.size() - 1) / 2];
    t.p99 = each[(each.size() * 99 + 99) / 100 - 1];
    return t;
}

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: faiss FILE\n");
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    int64_t head[3] = {};
    if (!in.read(reinterpret_cast<char*>(head), sizeof head) || head[0] < 1 || head[1] < 1 || head[2] < 1) {
        std::fprintf(stderr, "%s cannot be read\n", argv[1]);
        return 1;
    }
    std::vector<float> vectors(head[0] * head[1]), queries(head[0] * head[2]);
    in.read(reinterpret_cast<char*>(vectors.data()), vectors.size() * sizeof(float));
    in.read(reinterpret_cast<char*>(queries.data()), queries.size() * sizeof(float));
    if (!in) {
        std::fprintf(stderr, "%s ends early\n", argv[1]);
        return 1;
    }
    omp_set_num_threads(1);

    faiss::IndexFlatL2 flat(head[0]);
    flat.add(head[1], vectors.data());
    Times exact = search(flat, queries, head[0]);
    std::printf("{\"flat\":{\"p50_us\":%.2f,\"p99_us\":%.2f,\"recall\":1},\"hnsw\":[", exact.p50, exact.p99);

    // Building is not what is compared, so it may use all processors; what it costs is said in processor time.
    omp_set_num_threads(omp_get_num_procs());
    faiss::IndexHNSWFlat hnsw(head[0], 32);
    hnsw.hnsw.efConstruction = 100;
    std::clock_t start = std::clock();
    hnsw.add(head[1], vectors.data());
    double insert = 1e6 * (std::clock() - start) / CLOCKS_PER_SEC / head[1];
    omp_set_num_threads(1);
    const int widths[] = {64, 512};
    for (int width : widths) {
        hnsw.hnsw.efSearch = width;
        Times t = search(hnsw, queries, head[0]);
        int64_t same = 0;
        for (size_t i = 0; i < t.nearest.size(); i++) same += t.nearest[i] == exact.nearest[i];
        std::printf("%s{\"ef\":%d,\"p50_us\":%.2f,\"p99_us\":%.2f,\"recall\":%.4f}", width == widths[0] ? "" : ",", width, t.p50,
                    t.p99, double(same) / t.nearest.size());
    }
    std::printf("],\"hnsw_insert_us\":%.2f}\n", insert);
    return 0;
}
