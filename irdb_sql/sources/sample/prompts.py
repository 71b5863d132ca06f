"""Makes synthetic prompts for a text-to-image model, by class, a few of them hostile text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

CLASSIFICATIONS: dict[str, float] = {
    "People": 0.27,
    "Arts": 0.13,
    "Illustrations": 0.12,
    "Outdoor Scenes": 0.11,
    "Animals": 0.09,
    "Artifacts": 0.08,
    "Abstract": 0.05,
    "Indoor Scenes": 0.05,
    "World Knowledge": 0.04,
    "Vehicles": 0.03,
    "Food": 0.02,
    "Plants": 0.01,
}
"""The twelve classes of prompts and the share of prompts of each."""

_SUBJECTS: dict[str, tuple[str, ...]] = {
    "People": ("an old fisherman", "a young astronaut", "the baker of the village", "twin sisters", "a tired knight",
               "a street musician", "my grandmother at twenty", "a crowd of umbrella sellers"),
    "Arts": ("a bronze of a dancer", "a fresco of the four winds", "a paper-cut theatre", "an oil study of hands",
             "a mosaic of a river god", "a woven tapestry of a hunt"),
    "Illustrations": ("a children's book page about a moth", "a map of an invented island", "a tarot card: the ferry",
                      "a poster for a night train", "a comic panel of two robots arguing"),
    "Outdoor Scenes": ("a harbour before the storm", "rice terraces at dawn", "a lighthouse on a salt flat",
                       "an abandoned fairground", "the last petrol station before the desert"),
    "Animals": ("a fox asleep in a mailbox", "three owls on a wire", "an octopus opening a jar", "a very small horse",
                "a cat who runs a bookshop"),
    "Artifacts": ("a clock without hands", "a lantern made of amber", "a typewriter for music", "a folding telescope",
                  "an armour for a mouse"),
    "Abstract": ("the sound of rain as a shape", "time running uphill", "seven blues that do not agree",
                 "a thought shortly before sleep"),
    "Indoor Scenes": ("a library inside a whale", "a kitchen at four in the morning", "an empty ballroom",
                      "a workshop full of unfinished violins"),
    "World Knowledge": ("the building of the first canal", "a market in an ancient port",
                        "the invention of the printing press", "an eclipse seen from the sea"),
    "Vehicles": ("a tram with sails", "a rusty submarine in a field", "a bicycle for giants", "a red steam locomotive"),
    "Food": ("a tower of pancakes", "noodles in a glass bowl", "a wedding cake shaped like a castle"),
    "Plants": ("a cactus in full bloom", "a forest of giant dandelions", "moss on a broken statue"),
}  # fmt: skip
_SETTINGS = ("in heavy fog", "under two moons", "at golden hour", "after the rain", "in the middle of a flooded street",
             "seen from far above", "lit by a single candle", "in a snow globe", "on the first day of spring",
             "behind a dusty window")  # fmt: skip
_STYLES = ("oil on canvas", "watercolour", "35 mm film photograph", "ink and gouache", "charcoal sketch",
           "low poly render", "isometric pixel art", "woodblock print", "technical drawing", "stop-motion puppet set",
           "faded polaroid", "stained glass")  # fmt: skip
_DETAILS = ("ultra detailed", "soft shadows", "wide angle", "sharp focus", "8 k", "muted colours", "high contrast",
            "volumetric light", "symmetrical", "shallow depth of field", "grainy", "intricate", "cinematic lighting",
            "no text", "full body", "award winning", "dramatic clouds", "matte painting", "centered",
            "trending")  # fmt: skip
_HOSTILE = (
    "<b>{prompt}</b><script>document.title='owned'</script>",
    '{prompt} "; DROP TABLE images; --',
    "{prompt}\nsecond line\r\nthird\tline",
    "| {prompt} | *not* a [table](javascript:alert(1)) | `code` |",
    "{prompt} {{{{ 7 * 7 }}}} {{% raw %}} $HOME %s \\N{{SNOWMAN}}",
    "=1+1;{prompt},'it''s' \"quoted\"",
    "{prompt} \x1b[31mred\x1b[0m \x07 \u202egnihtyreve\u202c",
    "水彩画、{prompt}、夜明けの港",
    "уличный фонарь, {prompt}, зима",
    "قارب صغير عند الغروب، {prompt}",
    "👩\u200d🚀🦊 {prompt} 🎨✨",
    "  {prompt}   ",
)
_HOSTILE_SHARE = 0.03
_SETTING_SHARE = 0.6
_STYLE_SHARE = 0.8
_LONG_SHARE = 0.02


def make_prompt(rng: random.Random, classification: str) -> str:
    """Make one prompt of a class.

    Example:
        >>> import random
        >>> make_prompt(random.Random(3), "Animals")
        'a cat who runs a bookshop behind a dusty window, stop-motion puppet set'
    """
    sentences = 6 if rng.random() < _LONG_SHARE else 1
    prompt = ". ".join(_make_sentence(rng, classification) for _ in range(sentences))
    return rng.choice(_HOSTILE).format(prompt=prompt) if rng.random() < _HOSTILE_SHARE else prompt


def _make_sentence(rng: random.Random, classification: str) -> str:
    words = [rng.choice(_SUBJECTS[classification])]
    if rng.random() < _SETTING_SHARE:
        words[0] += f" {rng.choice(_SETTINGS)}"
    if rng.random() < _STYLE_SHARE:
        words.append(rng.choice(_STYLES))
    return ", ".join(words + rng.sample(_DETAILS, int(15 * rng.random() * rng.random())))
