# Menshen (门神) for production. Build: docker build -t menshen .
FROM node:20-bookworm-slim AS pages
WORKDIR /src/web/ui
COPY web/ui/package.json web/ui/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY web/ui ./
RUN npm run build

FROM golang:1.26-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
        libopencv-dev libopencv-contrib-dev libdlib-dev libopenblas-dev libatlas-base-dev liblapack-dev libjpeg-dev pkg-config g++ \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=pages /src/web/ui/dist ./web/ui/dist
# The wrapper takes -march=native out of go-face's flags: the image must run on other processors than the builder's.
RUN CXX=/src/scripts/toolchain/menshen-cxx go build -trimpath -o /menshen ./cmd/menshen

FROM debian:bookworm-slim
# The libraries that the binary was linked with; the -contrib package brings all of OpenCV's modules.
RUN apt-get update && apt-get install -y --no-install-recommends \
        libopencv-contrib406 libopencv-core406 libopencv-dnn406 libopencv-calib3d406 libopencv-features2d406 \
        libopencv-highgui406 libopencv-imgcodecs406 libopencv-imgproc406 libopencv-video406 libopencv-videoio406 \
        libdlib19.1 libopenblas0 libatlas3-base liblapack3 libjpeg62-turbo ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/menshen --create-home menshen
COPY --from=build /menshen /usr/local/bin/menshen
USER menshen
WORKDIR /var/lib/menshen
VOLUME /var/lib/menshen
# Listens on 127.0.0.1 until web.listen is set: see menshen.yaml. For other machines it speaks TLS.
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s CMD ["menshen", "status"]
ENTRYPOINT ["menshen"]
CMD ["serve"]
