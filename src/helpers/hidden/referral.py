"""People found through one another: respondent-driven sampling of an imagined population.

Surveys of people whom no list holds begin with a few who are known and let each bring others. Who
knows many is found sooner, so that shares have to be weighted by the number of acquaintances that
people report. With a number that is known, such as the clients of a service, a share becomes a
size: clients divided by their share (the multiplier method).

Heckathorn (1997, Social Problems 44); Volz and Heckathorn (2008, Journal of Official Statistics
24), called RDS-II; Gile (2011, Journal of the American Statistical Association 106), successive
sampling. Nothing here describes real persons.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Acquaintances:
    """Who knows whom, and who is a client of the service.

    Attributes
    ----------
    knows : numpy.ndarray of bool, shape (people, people)
        Symmetric.
    client : numpy.ndarray of bool, shape (people,)
    """

    knows: np.ndarray
    client: np.ndarray


def simulate_acquaintances(
    population: int,
    clients: int,
    *,
    mean_known: float = 12.0,
    spread: float = 0.5,
    activity: float = 1.0,
    homophily: float = 1.0,
    apart: float = 0.0,
    seed=None,
) -> Acquaintances:
    """Make an imagined population in which people know each other by chance.

    Parameters
    ----------
    population, clients : int
        People, and those of them who are clients.
    mean_known : float
        Acquaintances of a person, on average.
    spread : float
        Standard deviation between people of the log of how many they know.
    activity : float
        How many times as many people clients know.
    homophily : float
        How many times likelier it is that two clients, or two others, know each other than one of
        each; 1 for no preference.
    apart : float
        Share of those who are no clients and know nobody outside their own circle.
    seed : int or numpy.random.Generator, optional
    """
    if not 0 < clients < population:
        raise ValueError(f"clients: found {clients}, expected from 1 to {population - 1}")
    if min(mean_known, activity, homophily) <= 0 or spread < 0 or not 0 <= apart < 1:
        raise ValueError("expected positive numbers, and a share apart from 0 to below 1")
    rng = np.random.default_rng(seed)
    client = np.arange(population) < clients
    circle = client.astype(int)
    others = np.flatnonzero(~client)
    outside = others[: round(apart * others.size)]
    circle[outside] = 2
    size = np.exp(spread * rng.standard_normal(population)) * np.where(client, activity, 1.0)
    alike = np.where(circle[:, None] == circle, homophily, 1.0)
    alike[(circle[:, None] == 2) != (circle == 2)] = 0.0
    chance = size[:, None] * size * alike
    chance *= mean_known * population / chance.sum()
    above = np.triu(rng.random(chance.shape) < chance, 1)
    return Acquaintances(above | above.T, client)


def refer(
    people: Acquaintances,
    size: int,
    *,
    starts: int = 5,
    coupons: int = 3,
    start_with=None,
    eager: float = 1.0,
    seed=None,
) -> pd.DataFrame:
    """Find people through one another, nobody twice, until enough are found or chains end.

    Parameters
    ----------
    people : Acquaintances
    size : int
        People wanted.
    starts, coupons : int
        People known at the start; and how many each may bring.
    start_with : bool, optional
        Start with clients only, or with others only; by default with anybody who knows somebody.
    eager : float
        Share of their coupons that people who are no clients hand on (clients: all).
    seed : int or numpy.random.Generator, optional

    Returns
    -------
    pandas.DataFrame
        One row per person in the order in which they were found: ``client``, ``known`` (how many
        people they know) and ``wave`` (0 at the start).

    Raises
    ------
    ValueError
        If there are fewer people to start with than starts.
    """
    rng = np.random.default_rng(seed)
    known = people.knows.sum(axis=1)
    able = known > 0
    if start_with is not None:
        able &= people.client == start_with
    if able.sum() < starts:
        raise ValueError(
            f"starts: found {starts}, expected at most {able.sum()}, who know somebody"
        )
    first = rng.choice(
        np.flatnonzero(able), starts, replace=False, p=known[able] / known[able].sum()
    )
    found, wave = [], {int(person): 0 for person in first}
    queue = list(wave)
    while queue and len(found) < size:
        person = queue.pop(0)
        found.append(person)
        free = [other for other in np.flatnonzero(people.knows[person]) if int(other) not in wave]
        handed = coupons if people.client[person] else rng.binomial(coupons, eager)
        for other in rng.permutation(free)[:handed].astype(int).tolist():
            wave[other] = wave[person] + 1
            queue.append(other)
    return pd.DataFrame(
        {"client": people.client[found], "known": known[found], "wave": [wave[p] for p in found]}
    )


def share_weighted(sample: pd.DataFrame) -> float:
    """Share of clients when everyone is weighted by one over how many they know (RDS-II)."""
    weight = 1 / sample["known"].to_numpy(dtype=float)
    return _share_of(weight, sample["client"].to_numpy(dtype=bool))


def _share_of(weight, client):
    # Clients apart, so that where all are clients the share is 1 to the last bit.
    return float(weight[client].sum() / weight.sum())


def share_successive(sample: pd.DataFrame, population: float) -> float:
    """Share of clients by successive sampling, for a sample that is no small part of everyone.

    Who knows ``k`` people is found with a chance of ``1 - exp(-k t)``: drawing one after another in
    proportion to size, without replacement, is drawing those whose waiting times, exponential at
    rate ``k``, end first. Where few are found this is `share_weighted`, where all are found the
    plain share. Gile (2011) finds these chances by simulation; here ``t`` is the one at which those
    found, each standing for one over their chance, stand for the population.

    Parameters
    ----------
    sample : pandas.DataFrame
        As from `refer`.
    population : float
        People in all: what this estimator has to be told, and what nobody knows.

    Raises
    ------
    ValueError
        If the population is smaller than the sample.
    """
    from scipy.optimize import brentq

    size = len(sample)
    if not population >= size:
        raise ValueError(f"population: found {population}, expected at least the {size} found")
    known = sample["known"].to_numpy(dtype=float)
    client = sample["client"].to_numpy(dtype=bool)
    if population == size:
        return float(client.mean())

    def stand_for(log_time):
        return -1 / np.expm1(-known * np.exp(log_time))  # people for whom each one stands

    log_time = brentq(lambda x: stand_for(x).sum() - population, -60, 60, xtol=1e-14)
    weight = stand_for(log_time)
    return _share_of(weight, client)
