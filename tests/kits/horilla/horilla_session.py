"""Who asks: a person by the cookie `who`, a program by its name as a bearer token."""

from django.contrib.auth.models import AnonymousUser, User
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed


def by_cookie(get_response):
    def asked(request):
        request.user = User.objects.filter(username=request.COOKIES.get("who", "")).first() or AnonymousUser()
        return get_response(request)

    return asked


class ByName(BaseAuthentication):
    def authenticate(self, request):
        scheme, _, name = request.headers.get("authorization", "").partition(" ")
        user = User.objects.filter(username=name).first()
        if scheme != "Bearer" or user is None:
            raise AuthenticationFailed("Given token not valid for any token type")
        return user, None

    def authenticate_header(self, request):
        return "Bearer"
