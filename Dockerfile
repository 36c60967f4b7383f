# syntax=docker/dockerfile:1
# One image for every app; the command says which one runs:
#   docker run endplate dist/apps/listener/src/main.js
# Base images are followed by tag; a site that needs reproducible builds pins them by digest.

FROM node:20-bookworm-slim AS build
WORKDIR /build
# onnxruntime-node carries its CPU library; without this its install script downloads CUDA files.
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY .swcrc ./
COPY apps apps
COPY libs libs
RUN npm run build
# Only what runs goes on: no development packages, and of onnxruntime's libraries those of Linux.
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 -type d ! -name linux -exec rm -rf {} + \
 # Of the Chinese font the two files that pictures are drawn with (libs/platform/src/installation/fonts.ts).
 && find node_modules/@fontsource/noto-sans-sc -type f ! -name package.json ! -name LICENSE \
      ! -name 'noto-sans-sc-chinese-simplified-400-normal.woff' ! -name 'noto-sans-sc-chinese-simplified-700-normal.woff' -delete

FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    # Young objects get 2 MiB instead of 16: the listener stays below 150 MB, for a little more work of the collector.
    NODE_OPTIONS=--max-semi-space-size=2 \
    # A container's loopback reaches nobody: what is published decides who gets in.
    ENDPLATE_HTTP_HOST=0.0.0.0 \
    ENDPLATE_DICOM_HOST=0.0.0.0 \
    ENDPLATE_DATA_DIR=/data
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY models models
COPY apps/cli/bin apps/cli/bin
COPY apps/console/src/web/page apps/console/src/web/page
# A new volume takes its owner from the folder it is mounted on.
RUN install -d -o node -g node /data /spool
USER 1000:1000
# DICOM and HTTP (probes, metrics; the console's pages)
EXPOSE 11112 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "apps/cli/bin/healthcheck.js"]
ENTRYPOINT ["node"]
CMD ["dist/apps/cli/src/main.js", "--help"]
