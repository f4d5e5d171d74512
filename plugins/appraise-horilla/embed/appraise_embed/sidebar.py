from django.urls import reverse
from django.utils.translation import gettext_lazy as _

MENU = _("Customer Service")
IMG_SRC = "images/ui/pms.svg"
ACCESSIBILITY = "appraise_embed.sidebar.menu_accessibility"
SUBMENUS = [{"menu": _("My section"), "redirect": reverse("appraise-section")}]


def menu_accessibility(request, menu, user_perms, *args, **kwargs):
    return hasattr(request.user, "employee_get")
