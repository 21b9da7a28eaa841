"""The ``attention`` section of a model: how it scores, what it sees, how it aligns, how it is fused."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, free, identity


class Additive(Section):
    """v . tanh(W q + U k): Bahdanau, Cho and Bengio 2015."""

    type: Annotated[Literal["additive"], identity("v . tanh(W q + U k)")] = "additive"
    size: Annotated[int, identity("width of the hidden layer that compares query and key", ge=1)] = 512
    bias: Annotated[bool, identity("add a bias inside the tanh")] = False
    normalised: Annotated[bool, identity("give v a learnt length: g v / |v|")] = False


class Concat(Section):
    """v . tanh(W [q; k]): Luong, Pham and Manning 2015."""

    type: Annotated[Literal["concat"], identity("v . tanh(W [q; k])")] = "concat"
    size: Annotated[int, identity("width of the hidden layer that compares query and key", ge=1)] = 512


class General(Section):
    """q . W k: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["general"], identity("q . W k")] = "general"


class Dot(Section):
    """q . k: Luong, Pham and Manning 2015; query and key must be equally wide."""

    type: Annotated[Literal["dot"], identity("q . k")] = "dot"


class ScaledDot(Section):
    """q . k / sqrt(width): Vaswani et al. 2017; query and key must be equally wide."""

    type: Annotated[Literal["scaled_dot"], identity("q . k / sqrt(width)")] = "scaled_dot"


class Cosine(Section):
    """scale * cos(q, k): Graves et al. 2014; query and key must be equally wide."""

    type: Annotated[Literal["cosine"], identity("scale * cos(q, k)")] = "cosine"
    scale: Annotated[float, identity("the score of two vectors that point the same way", gt=0)] = 10.0


class Location(Section):
    """W q, a score for each place, whatever stands there: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["location"], identity("W q, whatever stands at a place")] = "location"
    max_source: Annotated[int, identity("pieces of the longest source, its end symbol included", ge=1)]


class Reinforce(Section):
    """The score-function estimator: Williams 1992; Xu et al. 2015."""

    type: Annotated[Literal["reinforce"], identity("score function times reward")] = "reinforce"
    baseline: Annotated[
        Literal["none", "moving", "expectation"],
        identity(
            "what is expected of the reward: nothing, a moving mean, or the reward under soft attention"
        ),
    ] = "moving"
    decay: Annotated[float, identity("what a moving baseline keeps of itself at a step", ge=0, lt=1)] = 0.9
    reward: Annotated[
        Literal["step", "rest", "sentence"],
        identity("log-probability of the word at hand, mean of it and those after it, or of the sentence"),
    ] = "step"
    weight: Annotated[float, identity("what the reward counts beside the likelihood", ge=0)] = 1.0
    entropy: Annotated[float, identity("bonus for the entropy of the distribution", ge=0)] = 0.01
    expected: Annotated[
        float, identity("share of the batches that take the expectation for the choice", ge=0, le=1)
    ] = 0.5


class StraightThrough(Section):
    """The choice forward, the softmax backward: Bengio, Leonard and Courville 2013."""

    type: Annotated[Literal["straight_through"], identity("choice forward, softmax backward")] = (
        "straight_through"
    )


class Gumbel(Section):
    """The softmax of noisy scores: Jang, Gu and Poole 2017; its temperature max(least, start * exp(-decay * step))."""

    type: Annotated[Literal["gumbel"], identity("softmax of scores with Gumbel noise")] = "gumbel"
    start: Annotated[float, identity("temperature at the beginning", gt=0)] = 1.0
    least: Annotated[float, identity("temperature that it falls to", gt=0)] = 0.5
    decay: Annotated[float, identity("rate of the fall, per step", ge=0)] = 1e-4
    straight_through: Annotated[bool, identity("forward, the best place of the noisy scores alone")] = True


class NoWindow(Section):
    """Every source position may be attended to."""

    type: Annotated[Literal["none"], identity("the whole source")] = "none"


class Monotonic(Section):
    """Local-m, the window goes along with the target: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["monotonic"], identity("the places around the target's own")] = "monotonic"
    size: Annotated[int, identity("places to each side of the centre", ge=1)] = 10


class RealCentre(Section):
    """S sigmoid(v . tanh(W q)), S being the source's length: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["real"], identity("a real number told by the query")] = "real"


class BestCentre(Section):
    """The place of the highest score."""

    type: Annotated[Literal["argmax"], identity("the place of the highest score")] = "argmax"


class SampledCentre(Section):
    """A place drawn from the softmax of the scores: hard attention first, soft inside."""

    type: Annotated[Literal["sampled"], identity("a place drawn from the softmax of the scores")] = "sampled"
    estimator: Annotated[Reinforce, identity("how the choice learns")] = Reinforce()


Centre = Annotated[RealCentre | BestCentre | SampledCentre, Field(discriminator="type")]


class Predictive(Section):
    """Local-p, the window is where the model says: Luong, Pham and Manning 2015."""

    type: Annotated[Literal["predictive"], identity("the places around a predicted one")] = "predictive"
    size: Annotated[int, identity("places to each side of the centre; the Gaussian's 2 sigma", ge=1)] = 10
    centre: Annotated[Centre, identity("what the window is centred on")] = RealCentre()


class Soft(Section):
    """The softmax of the scores."""

    type: Annotated[Literal["soft"], identity("softmax of the scores")] = "soft"
    temperature: Annotated[float, identity("divides the scores; less than 1 sharpens", ge=1e-9)] = 1.0
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class Uniform(Section):
    """Every place alike, whatever the scores: the baseline that separates access from weighting."""

    type: Annotated[Literal["uniform"], identity("every place alike, whatever the scores")] = "uniform"
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class Threshold(Section):
    """The softmax without its small weights; the best place alone where all are small."""

    type: Annotated[Literal["threshold"], identity("softmax without its small weights")] = "threshold"
    least: Annotated[float, identity("weights below this are dropped", gt=0, lt=1)] = 0.1
    temperature: Annotated[float, identity("divides the scores; less than 1 sharpens", ge=1e-9)] = 1.0
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class TopK(Section):
    """The softmax of the highest scores."""

    type: Annotated[Literal["top_k"], identity("softmax of the k highest scores")] = "top_k"
    k: Annotated[int, identity("how many places get weight", ge=1)] = 3
    temperature: Annotated[float, identity("divides the scores; less than 1 sharpens", ge=1e-9)] = 1.0
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class Sparsemax(Section):
    """The nearest point of the simplex, which has zeros: Martins and Astudillo 2016."""

    type: Annotated[Literal["sparsemax"], identity("nearest point of the simplex")] = "sparsemax"
    temperature: Annotated[float, identity("divides the scores; less than 1 sharpens", ge=1e-9)] = 1.0
    dropout: Annotated[float, identity("dropout on the weights", ge=0, lt=1)] = 0.0


class Hard(Section):
    """One place, drawn in training, the best in translation: Xu et al. 2015."""

    type: Annotated[Literal["hard"], identity("one place, drawn in training")] = "hard"
    temperature: Annotated[float, identity("divides the scores; less than 1 sharpens", ge=1e-9)] = 1.0
    estimator: Annotated[
        Annotated[Reinforce | StraightThrough | Gumbel, Field(discriminator="type")],
        identity("how the choice learns"),
    ] = Reinforce()


class Readout(Section):
    """The context joins the decoder's input and its readout: Bahdanau, Cho and Bengio 2015."""

    type: Annotated[Literal["readout"], identity("context into the cell and the readout")] = "readout"


class Luong(Section):
    """h_t asks, then tanh(W [c; h]): Luong, Pham and Manning 2015."""

    type: Annotated[Literal["luong"], identity("the new state asks, then tanh(W [c; h])")] = "luong"
    input_feeding: Annotated[bool, identity("the cell sees the last step's result, too")] = True


class Gate(Section):
    """h_t asks, then a gate weighs it against the context, unit by unit."""

    type: Annotated[Literal["gate"], identity("the new state asks, a gate weighs it and the context")] = (
        "gate"
    )
    input_feeding: Annotated[bool, identity("the cell sees the last step's result, too")] = True


class Sum(Section):
    """h_t asks, then W h + U c."""

    type: Annotated[Literal["sum"], identity("the new state asks, then W h + U c")] = "sum"
    input_feeding: Annotated[bool, identity("the cell sees the last step's result, too")] = True


class Heads(Section):
    """Several attentions side by side, each on projections of its own: Vaswani et al. 2017."""

    count: Annotated[int, identity("number of heads", ge=1)]
    merge: Annotated[Literal["concatenate", "average"], identity("how their contexts become one")] = (
        "concatenate"
    )
    size: Annotated[
        int | None,
        identity("width of a head; null: that of what they share / count: annotations, or d_model", ge=1),
    ] = None


class Coverage(Section):
    """What was attended to so far enters the score, and attending again costs: See, Liu and Manning 2017."""

    loss: Annotated[float, identity("weight of sum of min(weight, coverage); 0: none", ge=0)] = 1.0
    start: Annotated[int, free("step from which it counts", ge=0)] = 0


class Lexicon(Section):
    """A bilingual lexicon guides the scores: where the word just fed may stand, and what is near it."""

    file: Annotated[str, identity("lines of source<TAB>target<TAB>probability, plain or .gz", min_length=1)]
    candidates: Annotated[int, identity("target pieces kept for a source piece", ge=1, le=1000)] = 10
    reach: Annotated[int, identity("places around that of the word just fed", ge=0, le=1000)] = 2


Score = Annotated[
    Additive | Concat | General | Dot | ScaledDot | Cosine | Location, Field(discriminator="type")
]
Window = Annotated[NoWindow | Monotonic | Predictive, Field(discriminator="type")]
Align = Annotated[Soft | Uniform | Threshold | TopK | Sparsemax | Hard, Field(discriminator="type")]
Fuse = Annotated[Readout | Luong | Gate | Sum, Field(discriminator="type")]


class Attention(Section):
    """Independent choices that together make one attention."""

    score: Annotated[Score, identity("how a query scores the keys")] = Additive()
    window: Annotated[Window, identity("which keys a query may see")] = NoWindow()
    align: Annotated[Align, identity("how scores become weights")] = Soft()
    fuse: Annotated[Fuse, identity("how the context joins the decoder")] = Readout()
    heads: Annotated[Heads | None, identity("several heads; null: one, without projections")] = None
    lexicon: Annotated[Lexicon | None, identity("let a lexicon guide the scores; null: none")] = None
    coverage: Annotated[Coverage | None, identity("keep account of what was attended to; null: no")] = None
