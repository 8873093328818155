"""Does linkage hold on the hand-checked sample, hard negatives one by one?"""

from __future__ import annotations

import polars as pl
import pytest

from linkage_fixtures import Score, plants, sample, sample_links, score, slug, tasks

CIM, NA_EV, NEWS = "Clean Investment Monitor", "NA EV investments", "Battery-News"
TE, FOCUS, ATLAS, PAGES = "Transport & Environment", "policyfocus", "LFP Atlas", "web pages A"


@pytest.fixture(scope="module")
def total() -> Score:
    links = sample_links()
    found = Score(0, 0, 0)
    for task in tasks():
        found += score(task, {id: plant for (of, id), plant in links.items() if of == task.list})
    return found


def test_the_sample_is_large_and_half_of_it_are_hard_negatives():
    kinds = dict(sample().group_by("same").len().iter_rows())
    assert sample().height >= 200
    assert kinds["no"] >= sample().height / 2
    assert sample()["reason"].str.len_chars().min() > 3


def test_every_pair_says_what_the_list_means():
    same = pl.col("truth").fill_null("") == pl.col("candidate")
    assert sample().filter(same != (pl.col("same") == "yes")).is_empty()
    assert sample().filter(~pl.col("candidate").is_in(plants()["plant"].implode())).is_empty()


def test_nothing_known_came_from_the_list_itself():
    for task in tasks():
        own = set(task.incoming["identifier"].drop_nulls()) & set(task.known["identifier"])
        assert not own, task.list
        # Every pair is judged on rows that are there.
        for id, plant in task.expected().items():
            assert not task.known.filter(pl.col("plant") == plant).is_empty(), id


def test_precision_is_at_least_95_percent(total):
    assert total.precision >= 0.95, total


def test_recall_is_at_least_90_percent(total):
    assert total.recall >= 0.90, total


@pytest.mark.parametrize(
    ("of", "key", "candidate"),
    [
        pytest.param(
            CIM, "M.B.Lyten_CA_0", "us-coreshell-sanleandro", id="same address, other firm"
        ),
        pytest.param(CIM, "M.B.Envision_SC_0", "us-aesc-bowlinggreen", id="same firm, other state"),
        pytest.param(CIM, "M.B.Group14_WA2_0", "us-group14-moseslake", id="same firm, other town"),
        pytest.param(CIM, "M.B.Sila_WA_0", "us-group14-moseslake", id="same town, other firm"),
        pytest.param(CIM, "M.B.Natron_MI_0", "us-lges-holland", id="same town, other cells"),
        pytest.param(
            CIM, "M.B.Hyundai_GA2_0", "us-hlga-ellabell", id="same partner, other venture"
        ),
        pytest.param(CIM, "M.B.Tesla_TX_2", "us-tesla-gigatexas", id="cathode works beside cells"),
        pytest.param(CIM, "M.B.Gotion_MI_0", "us-gotion-manteno", id="materials, not cells"),
        pytest.param(
            CIM, "M.B.Solid_CO_0", "us-solidpower-louisville", id="second site 15 km away"
        ),
        pytest.param(
            CIM, "M.B.Novonix_TN_3", "us-novonix-riverside", id="second plant in the city"
        ),
        pytest.param(
            CIM, "M.B.OneD_WA_0", "us-oned-koch", id="pilot, not the plant without a site"
        ),
        pytest.param(CIM, "M.B.Vingroup_NC_0", "us-toyota-liberty", id="12 km away, other firm"),
        pytest.param(NA_EV, "line 138", "us-gotion-manteno", id="same firm, neighbouring state"),
        pytest.param(
            NA_EV, "line 295", "us-panasonic-nevada", id="lines of two firms in one works"
        ),
        pytest.param(
            NA_EV, "line 92", "ca-ultiumcam-becancour", id="three cathode works, one park"
        ),
        pytest.param(NA_EV, "line 53", "us-blueovalsk-glendale", id="same venture, other state"),
        pytest.param(NEWS, "VERKOR, Dunkirk", "fr-prologium-dunkirk", id="two firms at Dunkirk"),
        pytest.param(NEWS, "EVE, Debrecen", "hu-catl-debrecen", id="two firms at Debrecen"),
        pytest.param(NEWS, "TIAMAT, Douvrin", "fr-acc-douvrin", id="wrong town, right firm"),
        pytest.param(NEWS, "InoBat, Voderady", "sk-gib-surany", id="partner of a venture alone"),
        pytest.param(
            NEWS, "ElevenEs, Subotica", "rs-elevenes-subotica", id="gigafactory, not pilot"
        ),
        pytest.param(
            TE, "InoBat & Gotion, Slovakia", "sk-inobat-voderady", id="venture, not partner"
        ),
        pytest.param(TE, "ACC, France", "fr-acc-nersac", id="country only, not the pilot"),
        pytest.param(
            FOCUS, "SK On, Iváncsa", "hu-skon-komarom", id="same firm, other town, Hungary"
        ),
        pytest.param(ATLAS, "p042", "kr-posco-pohang-cam", id="LFP, not nickel cathodes"),
        pytest.param(ATLAS, "p041", "kr-lnf-daegu-ncm", id="LFP and nickel in one city"),
        pytest.param(ATLAS, "p012", "cn-gotion-lujiang", id="cathode base beside a cell base"),
        pytest.param(
            PAGES, "cn-eve-chengdu-ssb--01", "cn-eve-chengdu", id="solid state beside LFP"
        ),
        pytest.param(
            PAGES, "kr-samsungsdi-ulsan-ssb--01", "kr-samsungsdi-ulsan", id="base, not works"
        ),
        pytest.param(
            PAGES, "kr-lges-ochang-ssb--02", "kr-lges-ochang-na", id="two pilots, one works"
        ),
        pytest.param(PAGES, "cn-gotion-ssb-2gwh--01", "cn-gotion-ssb-pilot", id="line, not pilot"),
        pytest.param(PAGES, "cn-welion-huzhou--03", "cn-svolt-huzhou", id="two firms at Huzhou"),
        pytest.param(PAGES, "cn-qingtao-taizhou--02", "cn-qingtao-kunshan", id="same firm, China"),
    ],
)
def test_hard_negative(of, key, candidate):
    pair = sample().filter(pl.col("list") == of, pl.col("key") == key, candidate=candidate)
    assert pair["same"].to_list() == ["no"]
    assert sample_links().get((of, f"in-{slug(key)}")) != candidate


@pytest.mark.parametrize(
    ("of", "key", "candidate"),
    [
        pytest.param(CIM, "M.B.Cummins_MS_0", "us-accelera-byhalia", id="partners of a venture"),
        pytest.param(CIM, "M.B.LG_MI_5", "us-lges-holland", id="phase of a site"),
        pytest.param(CIM, "M.B.Ford_KY_0", "us-blueovalsk-glendale", id="venture that was split"),
        pytest.param(CIM, "M.B.Wanrun_SC_0", "us-wanrun-gaffney", id="known by its state only"),
        pytest.param(NA_EV, "line 230", "us-panasonic-desoto", id="DeSoto and De Soto"),
        pytest.param(NA_EV, "line 233", "us-pomega-walterboro", id="Pomega and Kontrolmatik"),
        pytest.param(NEWS, "LYTEN, Skelleftea", "se-northvolt-ett", id="Lyten and Northvolt Ett"),
        pytest.param(NEWS, "FAAM, Terevola", "it-faam-teverola", id="letters exchanged"),
        pytest.param(NEWS, "CATL, Erfurt", "de-catl-arnstadt", id="Erfurt and Arnstadt"),
        pytest.param(
            NEWS, "LG Energy Solution, Wroclaw", "pl-lges-wroclaw", id="Wroclaw and Wrocław"
        ),
        pytest.param(
            TE, "Tata Group / JLR, UK", "gb-agratas-bridgwater", id="country and capacity"
        ),
        pytest.param(
            PAGES, "fr-syensqo-larochelle-se--02", "fr-syensqo-larochelle-se", id="renamed"
        ),
    ],
)
def test_hard_positive(of, key, candidate):
    assert sample_links().get((of, f"in-{slug(key)}")) == candidate
