"""One YAML file is one experiment."""

from typing import Annotated

from nmt.config.data import Data
from nmt.config.decoding import Decoding
from nmt.config.evaluation import Evaluation
from nmt.config.languages import Languages
from nmt.config.model import Model
from nmt.config.section import Section, free, identity
from nmt.config.tokenizer import Tokenizer, TokenizerChoice
from nmt.config.training import Training


class Experiment(Section):
    """Everything that one experiment is made of."""

    languages: Annotated[Languages, identity("the direction of translation")]
    data: Annotated[Data, identity("where the text is")]
    tokenizer: Annotated[TokenizerChoice, identity("how text becomes pieces")] = Tokenizer()
    model: Annotated[Model, identity("the architecture")]
    training: Annotated[Training, identity("how the model is trained")]
    decoding: Annotated[Decoding, free("how translations are searched for")] = Decoding()
    evaluation: Annotated[Evaluation, free("what is scored and shown")] = Evaluation()
