#!/bin/sh
# Runs inside a fresh Debian root: the server programs of the sample templates, from Debian's packages, with the users
# and folders the public images have.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d # nothing is started while it is installed
chmod 755 /usr/sbin/policy-rc.d
cat > /etc/dpkg/dpkg.cfg.d/lean << 'END'
force-unsafe-io
force-confold
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/locale/*
path-exclude=/usr/share/man/*
END
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf

apt-get install -q -y --no-install-recommends -o Acquire::Retries=3 \
  bash jupyter-core nginx-light postgresql python3-async-lru python3-httpx python3-ipykernel python3-jupyter-server \
  python3-jupyterlab-server python3-notebook-shim python3-setuptools tini ttyd
# JupyterLab's package asks for the 500 Node packages that build its extensions; serving needs none of them.
mkdir /var/tmp/unpack && cd /var/tmp/unpack
apt-get download -q -o Acquire::Retries=3 jupyterlab jupyter-notebook python3-notebook
for package in *.deb; do dpkg-deb --extract "$package" /; done
cd / && rm -r /var/tmp/unpack
apt-get clean
rm -rf /var/lib/apt/lists/*

useradd --no-log-init --create-home --shell /bin/bash --uid 1000 --gid 100 jovyan
groupmod --non-unique --gid 999 postgres
usermod --non-unique --uid 999 --gid 999 postgres
install --directory --owner 999 --group 999 --mode 1777 /var/lib/postgresql /var/lib/postgresql/data

# Stands in for the entrypoint of the postgres image: a new database from POSTGRES_*, then the server.
cat > /usr/local/bin/docker-entrypoint.sh << 'END'
#!/bin/bash
set -euo pipefail
cd "$(echo /usr/lib/postgresql/*/bin)"
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  ./initdb --pgdata="$PGDATA" --username="$POSTGRES_USER" --pwfile=<(echo "$POSTGRES_PASSWORD") \
    --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  echo "CREATE DATABASE $POSTGRES_USER" | ./postgres --single -D "$PGDATA" -j postgres
fi
exec "./$1" "${@:2}"
END
printf '#!/bin/sh\nexec "$@"\n' > /docker-entrypoint.sh
chmod 755 /usr/local/bin/docker-entrypoint.sh /docker-entrypoint.sh
