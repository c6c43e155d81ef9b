"""The targets for speed and memory, as ratios to what runs beside in the same minutes."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from support import EMPTY, KUBECTL, PLAYGROUND, TOOL, curl, fill, holds, side_by_side


def told(name, **values):
    print(f"    {name}: " + ", ".join(f"{key} {value:.2f}" for key, value in values.items()), flush=True)


class Speed(unittest.TestCase):
    def test_1_start(self):
        for words in (["--help"], ["version", "--client"]):
            def check():
                seen = side_by_side(40, empty=[EMPTY], ours=[TOOL, *words])
                # A start is shorter than a slice of the scheduler: the best of many runs is the one that was not put aside.
                told(" ".join(words), ms=seen["ours"].best_ms, empty_ms=seen["empty"].best_ms, mib=seen["ours"].mib)
                self.assertLess(seen["ours"].best_ms - seen["empty"].best_ms, 4)
                self.assertLess(seen["ours"].mib, 12)

            holds(check)

    def test_2_one_cluster(self):
        fill("one", 1)

        def check():
            seen = side_by_side(15, ours=[TOOL, "-n", "one", "get", "cluster"], kubectl=[KUBECTL, "-n", "one", "get", "rayclusters"])
            told("get cluster", ms=seen["ours"].ms, kubectl_ms=seen["kubectl"].ms, mib=seen["ours"].mib)
            self.assertLess(seen["ours"].ms, 0.35 * seen["kubectl"].ms)
            self.assertLess(seen["ours"].mib, 16)

        holds(check)

    def test_3_five_thousand_clusters(self):
        fill("many", 5000)

        def check():
            seen = side_by_side(
                5, ours=[TOOL, "-n", "many", "get", "cluster"], curl=curl("/apis/ray.io/v1/namespaces/many/rayclusters"),
                kubectl=[KUBECTL, "-n", "many", "get", "rayclusters"],
            )
            told("5,000", ms=seen["ours"].ms, curl_ms=seen["curl"].ms, kubectl_ms=seen["kubectl"].ms, mib=seen["ours"].mib)
            self.assertLess(seen["ours"].ms, 1.15 * seen["curl"].ms)
            # Where curl alone, which only receives the bytes, takes more than 0.3 of kubectl's time, nobody can do better.
            self.assertLess(seen["ours"].ms, max(0.35 * seen["kubectl"].ms, 1.15 * seen["curl"].ms))
            self.assertLess(seen["ours"].mib, 24)

        holds(check)

    def test_4_a_name_completed(self):
        for namespace in ("one", "many"):
            def check():
                words = ["get", "cluster", "-n", namespace, "cluster-0"]
                seen = side_by_side(10, ours=[TOOL, "__complete", *words], kubectl=[KUBECTL, "__complete", "get", "rayclusters", *words[2:]])
                told(f"completion in {namespace}", ms=seen["ours"].ms, kubectl_ms=seen["kubectl"].ms, mib=seen["ours"].mib)
                self.assertLess(seen["ours"].ms, 0.35 * seen["kubectl"].ms)
                self.assertLess(seen["ours"].mib, 16)

            holds(check)

    def test_4_hundred_worker_groups(self):
        subprocess.run([KUBECTL, "create", "namespace", "groups"], check=True, stdout=subprocess.DEVNULL)
        groups = [word for number in range(100) for word in ("--worker-group", f"name=group-{number:03},replicas=1")]
        subprocess.run([TOOL, "-n", "groups", "create", "cluster", "wide", *groups], check=True, stdout=subprocess.DEVNULL)
        logged = subprocess.run([TOOL, "-n", "groups", "get", "workergroup", "--v=6"], capture_output=True, text=True, check=True)
        self.assertEqual(len(logged.stdout.splitlines()), 101)
        self.assertEqual(logged.stderr.count("GET "), 2, logged.stderr)

        def check():
            seen = side_by_side(
                15, ours=[TOOL, "-n", "groups", "get", "workergroup"], clusters=curl("/apis/ray.io/v1/namespaces/groups/rayclusters"),
                pods=curl("/api/v1/namespaces/groups/pods"),
            )
            told("100 groups", ms=seen["ours"].ms, clusters_ms=seen["clusters"].ms, pods_ms=seen["pods"].ms)
            self.assertLess(seen["ours"].ms, 1.3 * (seen["clusters"].ms + seen["pods"].ms))

        holds(check)

    def test_4_eight_slow_contexts(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "kubeconfig")
            with subprocess.Popen(
                [PLAYGROUND, "--kubeconfig", path, "--latency-ms", "300"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            ) as playground:
                try:
                    for _ in playground.stdout:
                        if path.exists():
                            break
                    config = json.loads(subprocess.run(
                        [KUBECTL, "--kubeconfig", path, "config", "view", "--raw", "-o", "json"], capture_output=True, text=True, check=True
                    ).stdout)
                    one = config["contexts"][0]
                    config["contexts"] = [{**one, "name": f"context-{number}"} for number in range(8)]
                    eight = pathlib.Path(folder, "eight")
                    eight.write_text(json.dumps(config))

                    def check():
                        seen = side_by_side(3, ours=[TOOL, "--kubeconfig", eight, "get", "cluster", "--all-contexts"])
                        told("8 contexts of 300 ms", ms=seen["ours"].ms)
                        self.assertGreater(seen["ours"].ms, 300)
                        self.assertLess(seen["ours"].ms, 600)

                    holds(check)
                finally:
                    playground.send_signal(2)
                    playground.communicate(timeout=20)

    def test_5_twenty_thousand_clusters(self):
        fill("more", 15000)

        def check():
            seen = side_by_side(3, ours=[TOOL, "get", "cluster", "-A"], curl=curl("/apis/ray.io/v1/rayclusters"))
            told("20,000", ms=seen["ours"].ms, curl_ms=seen["curl"].ms, mib=seen["ours"].mib)
            self.assertLess(seen["ours"].mib, 40)

        holds(check)


if __name__ == "__main__":
    unittest.main()
