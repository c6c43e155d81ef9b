"""Whatever valid flags are given, the real API server accepts the object, with strict validation."""
import concurrent.futures
import os
import random
import unittest

from support import LabTest

SEED = int(os.environ.get("KUBERAY_SEED", "20"))


def quantity(dice):
    return dice.choice(["1", "500m", "1500m", "0.5", "2.5", "16", "1e3"])


def memory(dice):
    return dice.choice(["512Mi", "4Gi", "1.5Gi", "2G", "1025Mi", "1e9", "0.5Gi"])


def pairs(dice, flag):
    words = []
    for key in dice.sample(["team", "example.com/tier", "a.b-c", "x_y"], dice.randint(1, 3)):
        words += [flag, f"{key}={dice.choice(['', 'gold', 'v1.2', 'A_b'])}" if "selector" not in flag else f"{key}=gold"]
    return words


def group(dice, number):
    least, most = sorted(dice.sample(range(0, 20), 2))
    keys = {
        "name": f"group-{number}", "replicas": dice.randint(least, most), "min": least, "max": most, "cpu": quantity(dice),
        "memory": memory(dice), "gpu": dice.choice(["0", "1", "8"]), "hosts": dice.randint(1, 4),
        "ephemeral-storage": memory(dice),
    }
    chosen = ["name", "replicas", "min", "max"] + dice.sample(["cpu", "memory", "gpu", "hosts", "ephemeral-storage"], dice.randint(0, 5))
    return ",".join(f"{key}={keys[key]}" for key in chosen)


PROVIDERS = [
    ["--provider", "gke", "--storage-bucket", "data"],
    ["--provider", "gke", "--storage-bucket", "data", "--storage-mount-path", "/data", "--load-balancer", "internal"],
    ["--provider", "gke", "--accelerator", "nvidia-l4", "--worker-gpu", "1", "--spot"],
    ["--provider", "gke", "--tpu-accelerator", "tpu-v6e-slice", "--tpu-topology", "2x4", "--worker-tpu", "4", "--num-of-hosts", "2"],
    ["--provider", "eks", "--storage-claim", "efs", "--load-balancer", "external"],
    ["--provider", "eks", "--efa", "1", "--worker-gpu", "8", "--accelerator", "p4d.24xlarge"],
    ["--provider", "aks", "--storage-container", "blobs", "--storage-secret", "account", "--spot"],
    ["--provider", "aks", "--load-balancer", "internal", "--accelerator", "nvidia", "--worker-gpu", "2"],
]


def flags(dice):
    """A random valid command line of `create cluster`."""
    words = []
    options = [
        lambda: pairs(dice, "--labels"), lambda: pairs(dice, "--annotations"), lambda: ["--ray-version", dice.choice(["2.46.0", "2.52.0"])],
        lambda: ["--image", "registry.example:5000/team/ray:1.2"], lambda: ["--head-cpu", quantity(dice), "--head-memory", memory(dice)],
        lambda: ["--head-gpu", "1"], lambda: ["--head-ephemeral-storage", memory(dice)], lambda: pairs(dice, "--head-node-selectors"),
        lambda: ["--head-ray-start-params", "num-cpus=0"],
        lambda: ["--autoscaler", dice.choice(["v1", "V2"]), "--autoscaler-idle-timeout", "90", "--autoscaler-upscaling-mode", "aggressive"],
        lambda: ["--env", "MODE=fast", "--env", "EMPTY="], lambda: ["--service-account", "ray"],
        lambda: ["--toleration", "gpu=true:NoSchedule", "--toleration", "spot:NoExecute"], lambda: ["--image-pull-secret", "registry"],
        lambda: ["--redis-address", "redis:6379", "--redis-password-secret", "redis/password", "--external-storage-namespace", "demo"],
        lambda: ["--suspend"],
    ]
    for option in dice.sample(options, dice.randint(0, 8)):
        words += option()
    if "--ray-version" not in words and dice.random() < 0.2:
        words += ["--auth", "token"]  # needs the newest Ray
    if dice.random() < 0.3:
        words += dice.choice(PROVIDERS)
    elif dice.random() < 0.4:
        for number in range(dice.randint(1, 3)):
            words += ["--worker-group", group(dice, number)]
    else:
        words += ["--worker-replicas", str(dice.randint(0, 9)), "--worker-cpu", quantity(dice), "--worker-memory", memory(dice)]
        if dice.random() < 0.3:
            words += ["--worker-ray-start-params", "metrics-export-port=8080"]
        if dice.random() < 0.4:
            words += ["--worker-min-replicas", "0", "--worker-max-replicas", "12"]
    return words


class Generated(LabTest):
    def test_the_server_accepts_300_random_objects(self):
        dice = random.Random(SEED)
        lines = [flags(dice) for _ in range(300)]

        def send(line):
            return line, self.ray("create", "cluster", "demo", *line, "--dry-run=server")

        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            refused = [(line, done) for line, done in workers.map(send, lines) if done.code != 0]
        self.assertEqual([(" ".join(line), done.err) for line, done in refused], [], f"seed {SEED}")
        self.assertEqual(self.kubectl("get", "rayclusters", "-o", "name"), "")

    def test_every_provider_is_accepted(self):
        for words in PROVIDERS:
            with self.subTest(words=words):
                self.good_ray("create", "cluster", "demo", *words, "--dry-run=server")


if __name__ == "__main__":
    unittest.main()
