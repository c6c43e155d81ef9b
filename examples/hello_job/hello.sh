# A job: what it needs is in its own folder, which was sent to the cluster.
while read -r name; do
  echo "hello, $name"
  sleep 0.3
done <names.txt
echo "run as job $(basename "$PWD") by process $$"
