"""The device test in French."""

WORDS = {
    "title": "Testez votre appareil",
    "lead": "Vérifiez avant la visite que caméra, micro, haut-parleur et connexion fonctionnent. Cela prend environ une minute.",
    "privacy": "Rien n'est enregistré, et ni l'image ni le son ne quittent votre appareil. Votre équipe soignante ne reçoit "
    "que le résultat.",
    "privacy_unkept": "Rien n'est enregistré, et ni l'image ni le son ne quittent votre appareil.",
    "waiting": "Vérifier mon appareil en attendant",
    "start": "Commencer le test",
    "restart": "Tout tester à nouveau",
    "allow": "Votre navigateur demandera l'accès à la caméra et au micro. Choisissez « Autoriser ».",
    "noscript": "Le test a besoin de JavaScript, tout comme la visite. Activez-le dans ce navigateur, ou prenez-en un autre.",
    "again": "Réessayer",
    "untested": "Pas encore testé",
    "testing": "Test en cours…",
    "asking": "Votre réponse est attendue : choisissez « Autoriser » quand le navigateur le demande.",
    "browser": "Navigateur",
    "browser_ok": "Les visites vidéo fonctionnent dans ce navigateur.",
    "browser_other": "Les visites vidéo ne fonctionnent peut-être pas dans ce navigateur. Prenez plutôt {use}.",
    "browser_embedded": "Cette page est ouverte dans une autre application, où caméra et micro ne fonctionnent souvent pas. "
    "Ouvrez-la dans {use} : cherchez « Ouvrir dans le navigateur » dans le menu de l'application.",
    "browser_unsupported": "Les visites vidéo ne fonctionnent pas dans ce navigateur. Prenez {use}, à jour.",
    "network": "Connexion",
    "network_good": "La connexion est bonne.",
    "network_poor": "La connexion est lente : l'image et le son pourraient se couper. Rapprochez-vous de la box Wi-Fi ou "
    "changez de réseau, et fermez ce qui se télécharge par ailleurs.",
    "network_offline": "Notre serveur est injoignable. Vérifiez la connexion à Internet.",
    "network_figures": "Réponse en {ms} ms ; {down} Mbit/s vers vous, {up} Mbit/s depuis chez vous.",
    "network_note": "C'est un bref aperçu du chemin jusqu'à notre serveur. L'appel lui-même prend un autre chemin, qui peut "
    "être meilleur ou moins bon.",
    "camera": "Caméra",
    "camera_ok": "La caméra fonctionne. Voici comment on vous voit, comme dans un miroir :",
    "camera_denied": "Le navigateur n'a pas le droit d'utiliser la caméra.",
    "camera_missing": "Il n'y a pas de caméra. Branchez-en une, ou prenez un autre appareil.",
    "camera_busy": "La caméra ne donne pas d'image. Fermez les autres programmes et pages qui s'en servent, puis réessayez.",
    "camera_unsupported": "Ce navigateur ne laisse pas la page utiliser une caméra.",
    "camera_off": "Éteindre la caméra",
    "picture": "L'image de votre caméra",
    "microphone": "Micro",
    "microphone_listening": "Dites quelque chose : la barre bouge quand on vous entend.",
    "microphone_ok": "Le micro fonctionne.",
    "microphone_silent": "Rien n'a été entendu jusqu'ici. Parlez plus fort, vérifiez que le micro n'est pas coupé, ou "
    "branchez-en un autre.",
    "microphone_denied": "Le navigateur n'a pas le droit d'utiliser le micro.",
    "microphone_missing": "Il n'y a pas de micro. Branchez-en un, ou prenez un autre appareil.",
    "microphone_busy": "Le micro ne donne pas de son. Fermez les autres programmes et pages qui s'en servent, puis réessayez.",
    "microphone_unsupported": "Ce navigateur ne laisse pas la page utiliser un micro.",
    "level": "À quel point on vous entend",
    "speaker": "Haut-parleur",
    "speaker_ask": "Écoutez le son, puis dites si vous l'avez entendu.",
    "play": "Écouter le son",
    "heard": "Je l'ai entendu",
    "not_heard": "Je ne l'ai pas entendu",
    "skip": "Continuer sans le son",
    "speaker_heard": "Le haut-parleur fonctionne.",
    "speaker_not_heard": "Montez le volume, quittez le mode silencieux, voyez si un casque est branché, et écoutez le son à "
    "nouveau.",
    "speaker_skipped": "Laissé de côté, comme vous l'avez voulu.",
    "speaker_unsupported": "Ce navigateur ne peut pas jouer le son.",
    "help": "Comment l'autoriser",
    "help_chrome": "Cliquez sur l'icône à gauche de l'adresse de la page, activez caméra et micro, puis réessayez ici.",
    "help_edge": "Cliquez sur le cadenas à gauche de l'adresse de la page, autorisez-y caméra et micro, puis réessayez ici.",
    "help_safari_mac": "Dans la barre des menus, choisissez Safari, puis « Réglages pour ce site web ». Autorisez caméra et "
    "micro, puis réessayez ici.",
    "help_safari_ios": "Touchez l'icône au bord du champ d'adresse, puis « Réglages du site web ». Autorisez caméra et "
    "micro, puis réessayez ici.",
    "help_ios": "Ouvrez l'app Réglages, cherchez {browser} dans la liste des apps, activez caméra et micro, et revenez à cette "
    "page.",
    "help_android": "Touchez l'icône à gauche de l'adresse de la page, puis « Autorisations ». Autorisez caméra et micro, "
    "puis réessayez ici.",
    "help_samsung": "Touchez le cadenas à gauche de l'adresse de la page, puis « Autorisations ». Autorisez caméra et micro, "
    "puis réessayez ici.",
    "help_firefox": "Cliquez sur la caméra ou le micro barrés à gauche de l'adresse de la page, levez le blocage, puis "
    "réessayez ici.",
    "help_embedded": "Ouvrez cette page dans {use}, et non dans une autre application : cherchez « Ouvrir dans le "
    "navigateur » dans le menu de l'application.",
    "help_other": "Ouvrez les réglages du navigateur pour cette page, autorisez-y caméra et micro, puis réessayez ici.",
    "help_system": "Si cela ne suffit pas : dans les réglages de confidentialité de l'appareil, autorisez le navigateur à "
    "s'en servir.",
    "passed": "Tout fonctionne. Vous êtes prêt pour la visite.",
    "warnings": "Cela devrait fonctionner. Regardez plus haut ce qui est marqué d'un « ! ».",
    "failed": "Quelque chose ne fonctionne pas encore. Regardez plus haut ce qui est marqué d'un « ✗ », puis réessayez.",
    "saving": "Envoi du résultat…",
    "kept": "Votre équipe soignante a le résultat.",
    "unkept": "Le résultat n'a pas été envoyé : il reste sur cette page.",
    "unsent": "Le résultat n'a pas pu être envoyé. Cette page réessaie tant qu'elle est ouverte.",
    "ended": "La visite est terminée ou annulée : le résultat n'a pas été gardé.",
    "next": "Vous pouvez fermer cette page. Pour la visite, ouvrez le lien de votre SMS, ou commencez-la dans le portail "
    "patient.",
}
