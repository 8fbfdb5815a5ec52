"""make.py: makes the files of this folder with NumPy and scikit-learn."""
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score, roc_curve
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(1)
n = 120
right = random.random(n) < 0.8
confidence = np.where(right, random.beta(6, 1, n), random.beta(2, 2, n)).round(2)
confidence[:3] = [1, 1, 0]
right[:3] = [True, False, True]

# Each utterance has six words; a wrong one stands for another, every fifth utterance lacks a word.
deleted = 0
with open("hyp.ctm", "w") as ctm, open("text", "w") as text, open("words.txt", "w") as table:
    features = np.stack([random.normal(3 * right, 2), random.normal(5, 0.1, n), random.exponential(2, n) - right])
    features = features.T.round(4)
    table.write("# KEY CHANNEL BEGIN DURATION WORD CONFIDENCE one two three\n")
    for u in range(n // 6):
        reference = []
        for i in range(6 * u, 6 * u + 6):
            word = f"u-{u:02d} 1 {i % 6:.3f} 0.500 w{i} {confidence[i]:.6f}"
            ctm.write(word + "\n")
            table.write(word + "".join(f" {x:g}" for x in features[i]) + "\n")
            reference.append(f"w{i}" if right[i] else f"v{i}")
        if u % 5 == 0:
            reference.append("missing")
            deleted += 1
        text.write(f"u-{u:02d} " + " ".join(reference) + "\n")

p = np.clip(confidence, 1e-6, 1 - 1e-6)
share = right.mean()
entropy = -n * (share * np.log2(share) + (1 - share) * np.log2(1 - share))
nce = (entropy + np.log2(p[right]).sum() + np.log2(1 - p[~right]).sum()) / entropy


def ece(bins):
    return sum(abs(confidence[b].sum() - right[b].sum()) for b in bins if len(b)) / n


edges = np.maximum(np.ceil(confidence * 15 - 1e-9).astype(int) - 1, 0)
false_rate, found, _ = roc_curve(right, confidence, drop_intermediate=False)
grid = np.linspace(0, 1, 2_000_001)
misses = 1 - np.interp(grid, false_rate, found)
expected = {
    "words": n,
    "right": right.sum(),
    "deletions": deleted,
    "nce": nce,
    "ece": 100 * ece([np.flatnonzero(edges == m) for m in range(15)]),
    "brier": brier_score_loss(right, confidence),
    "auroc": roc_auc_score(right, confidence),
    "auprRight": average_precision_score(right, confidence),
    "auprWrong": average_precision_score(~right, 1 - confidence),
    "eer": 100 * grid[np.argmin(np.abs(grid - misses))],
}
scaler = StandardScaler().fit(features)
for l2 in (0.5, 20):
    model = LogisticRegression(C=1 / l2, tol=1e-12, max_iter=10000).fit(scaler.transform(features), right)
    for name, weight in zip(("one", "two", "three"), model.coef_[0]):
        expected[f"l2={l2:g} {name}"] = weight
    expected[f"l2={l2:g} offset"] = model.intercept_[0]
    expected[f"l2={l2:g} loss"] = log_loss(right, model.predict_proba(scaler.transform(features))[:, 1])
with open("expected.txt", "w") as out:
    for name, value in expected.items():
        out.write(f"{name}\t{value:.9g}\n")
