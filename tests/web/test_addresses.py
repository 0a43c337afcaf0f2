"""An address is found by its shape: the same one, for the same method, as when all were tried."""

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from amhk.web.addresses import Addresses, Room
from amhk.web.app import _routes


@pytest.fixture
def asked():
    """A plan of addresses that could be taken for each other."""
    one, two = APIRouter(), APIRouter()
    for router, method, path in (
        (one, "get", "/"),
        (one, "get", "/zaak/nieuw"),
        (one, "get", "/zaak/{number}"),
        (one, "post", "/zaak/{number}"),
        (one, "get", "/zaak/{number}/brief"),
        (two, "get", "/zaak/{number}/{what}"),
        (two, "get", "/brief/{key:int}.pdf"),
        (two, "get", "/{secret}.ics"),
    ):
        name = f"{method} {path}"
        getattr(router, method)(path)(lambda name=name: name)
    app = FastAPI()
    app.router.routes.append(Addresses([Room(one), Room(two), Room(two, "/api")]))
    return TestClient(app)


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("get", "/", "get /"),
        ("get", "/zaak/nieuw", "get /zaak/nieuw"),
        ("get", "/zaak/M-1", "get /zaak/{number}"),
        ("post", "/zaak/M-1", "post /zaak/{number}"),
        ("post", "/zaak/nieuw", "post /zaak/{number}"),
        ("get", "/zaak/M-1/brief", "get /zaak/{number}/brief"),
        ("get", "/zaak/M-1/anders", "get /zaak/{number}/{what}"),
        ("get", "/brief/3.pdf", "get /brief/{key:int}.pdf"),
        ("get", "/api/brief/3.pdf", "get /brief/{key:int}.pdf"),
        ("get", "/geheim.ics", "get /{secret}.ics"),
    ],
)
def test_what_is_fixed_goes_before_what_changes(asked, method, path, found):
    assert asked.request(method, path).json() == found


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/nergens", 404),
        ("get", "/zaak", 404),
        ("get", "/zaak/a/b/c", 404),
        ("get", "/brief/x.pdf", 404),
        ("delete", "/zaak/M-1", 405),
        ("post", "/", 405),
        ("get", "//zaak/nieuw", 404),
    ],
)
def test_what_is_not_there_is_not_found_and_another_method_is_said(asked, method, path, status):
    assert asked.request(method, path, follow_redirects=False).status_code == status


def test_every_address_of_the_house_is_on_a_shelf():
    drawn = _routes()[0]
    assert sum(len(route.original_router.routes) for route in drawn.routes) > 200
