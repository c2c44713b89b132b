# Assent on Node with its embedded PostgreSQL, or with one of yours (DATABASE_URL). glibc is needed: no Alpine.
#   docker build -t assent . && docker run -p 127.0.0.1:8787:8787 -v assent-data:/data -e PUBLIC_URL=https://… assent
FROM node:24-bookworm-slim

WORKDIR /app

# Packages first, so that a change of the code does not install them anew. The installation mends one of them: patches/.
COPY package.json package-lock.json ./
COPY scripts scripts
COPY patches patches
RUN npm ci --omit=dev --include=optional --no-audit --no-fund && npm cache clean --force

COPY . .

# The server is bundled at its start, into dist. PostgreSQL does not run as root, and neither do we.
RUN mkdir -p dist /data && chown node:node /app dist /data && chmod 700 /data
USER node

ENV HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:8787/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "scripts/start.mjs"]
