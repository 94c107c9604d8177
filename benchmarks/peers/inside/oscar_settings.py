"""django-oscar as its manual sets it up for production: no debugging, cached templates, Redis, kept connections."""

import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403  (as settings of Django are made)

DATA = Path(os.environ["PEER_DATA"])
DEBUG = False
SECRET_KEY = os.environ["PEER_SECRET"]
ALLOWED_HOSTS = ["127.0.0.1"]
SITE_ID = 1
ROOT_URLCONF = "oscar_urls"
USE_TZ = True
LANGUAGE_CODE = "en-gb"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL, STATIC_ROOT = "/static/", DATA / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", DATA / "media"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["PEER_DB_HOST"],
        "PORT": os.environ["PEER_DB_PORT"],
        "USER": os.environ["PEER_DB_USER"],
        "PASSWORD": os.environ["PEER_DB_PASSWORD"],
        "NAME": os.environ["PEER_DB_NAME"],
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": None,
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"redis://127.0.0.1:{os.environ['PEER_REDIS']}/0",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # whatever sends mail must not block: none is sent
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "level": "ERROR"}},
    "root": {"handlers": ["console"], "level": "ERROR"},
}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,  # without debugging Django caches templates by itself
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]
AUTHENTICATION_BACKENDS = (
    "oscar.apps.customer.auth_backends.EmailBackend",
    "django.contrib.auth.backends.ModelBackend",
)
_PARTS = (
    *("analytics", "checkout", "address", "shipping", "catalogue", "communication", "partner", "basket", "payment"),
    *("offer", "order", "customer", "search", "voucher", "wishlists", "dashboard"),
)
_REVIEWS = "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig"
_BOARDS = ("reports", "users", "orders", "catalogue", "offers", "partners", "pages", "ranges", "reviews", "vouchers")
INSTALLED_APPS = [
    *(f"django.contrib.{part}" for part in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")),
    *("django.contrib.sites", "django.contrib.flatpages", "oscar.config.Shop", _REVIEWS),
    *(f"oscar.apps.{part}.apps.{part.title()}Config" for part in _PARTS),
    *(
        f"oscar.apps.dashboard.{part}.apps.{part.title()}DashboardConfig"
        for part in (*_BOARDS, "communications", "shipping")
    ),
    *("widget_tweaks", "haystack", "treebeard", "sorl.thumbnail", "django_tables2"),
]
HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": str(DATA / "whoosh")}
}
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"  # the index is made once, after the shop is filled
THUMBNAIL_KEY_PREFIX = "peer"
OSCAR_DEFAULT_CURRENCY = "CNY"
OSCAR_INITIAL_ORDER_STATUS = OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_PRODUCTS_PER_PAGE = 20
