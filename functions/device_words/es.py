"""The device test in Spanish."""

WORDS = {
    "title": "Pruebe su dispositivo",
    "lead": "Compruebe antes de la consulta si funcionan la cámara, el micrófono, el altavoz y la conexión. Tarda "
    "alrededor de un minuto.",
    "privacy": "No se graba nada y ni la imagen ni el sonido salen de su dispositivo. Su equipo médico solo recibe el "
    "resultado.",
    "privacy_unkept": "No se graba nada y ni la imagen ni el sonido salen de su dispositivo.",
    "waiting": "Probar mi dispositivo mientras espero",
    "start": "Empezar la prueba",
    "restart": "Probar todo otra vez",
    "allow": "El navegador le pedirá permiso para la cámara y el micrófono. Elija «Permitir».",
    "noscript": "La prueba necesita JavaScript, igual que la consulta. Actívelo en este navegador o use otro.",
    "again": "Intentar de nuevo",
    "untested": "Aún sin probar",
    "testing": "Probando…",
    "asking": "Se espera su respuesta: elija «Permitir» cuando el navegador lo pregunte.",
    "browser": "Navegador",
    "browser_ok": "Las videoconsultas funcionan en este navegador.",
    "browser_other": "Puede que las videoconsultas no funcionen en este navegador. Mejor use {use}.",
    "browser_embedded": "Esta página está abierta dentro de otra aplicación, donde la cámara y el micrófono a menudo no "
    "funcionan. Ábrala en {use}: busque «Abrir en el navegador» en el menú de la aplicación.",
    "browser_unsupported": "Las videoconsultas no funcionan en este navegador. Use una versión actual de {use}.",
    "network": "Conexión",
    "network_good": "La conexión es buena.",
    "network_poor": "La conexión es lenta: la imagen y el sonido pueden cortarse. Acérquese al router wifi o use otra red, "
    "y cierre lo demás que se esté descargando.",
    "network_offline": "No se puede llegar a nuestro servidor. Revise la conexión a internet.",
    "network_figures": "Respuesta en {ms} ms; {down} Mbit/s hacia usted, {up} Mbit/s desde usted.",
    "network_note": "Es un vistazo breve al camino hasta nuestro servidor. La llamada va por otro camino, que puede ser "
    "mejor o peor.",
    "camera": "Cámara",
    "camera_ok": "La cámara funciona. Así le ven los demás, como en un espejo:",
    "camera_denied": "El navegador no tiene permiso para usar la cámara.",
    "camera_missing": "No hay ninguna cámara. Conecte una o use otro dispositivo.",
    "camera_busy": "La cámara no da imagen. Cierre otros programas y páginas que la usen e inténtelo de nuevo.",
    "camera_unsupported": "Este navegador no deja que la página use una cámara.",
    "camera_off": "Apagar la cámara",
    "picture": "La imagen de su cámara",
    "microphone": "Micrófono",
    "microphone_listening": "Diga algo: la barra se mueve cuando se le oye.",
    "microphone_ok": "El micrófono funciona.",
    "microphone_silent": "Todavía no se ha oído nada. Hable más alto, compruebe que el micrófono no esté silenciado o "
    "conecte otro.",
    "microphone_denied": "El navegador no tiene permiso para usar el micrófono.",
    "microphone_missing": "No hay ningún micrófono. Conecte uno o use otro dispositivo.",
    "microphone_busy": "El micrófono no da sonido. Cierre otros programas y páginas que lo usen e inténtelo de nuevo.",
    "microphone_unsupported": "Este navegador no deja que la página use un micrófono.",
    "level": "Con qué volumen se le oye",
    "speaker": "Altavoz",
    "speaker_ask": "Reproduzca el sonido y diga después si lo oyó.",
    "play": "Reproducir el sonido",
    "heard": "Lo oí",
    "not_heard": "No lo oí",
    "skip": "Seguir sin sonido",
    "speaker_heard": "El altavoz funciona.",
    "speaker_not_heard": "Suba el volumen, quite el modo silencio, mire si hay auriculares conectados y reproduzca el sonido "
    "otra vez.",
    "speaker_skipped": "Omitido, como usted quiso.",
    "speaker_unsupported": "Este navegador no puede reproducir el sonido.",
    "help": "Cómo permitirlo",
    "help_chrome": "Haga clic en el icono a la izquierda de la dirección de la página, active la cámara y el micrófono e "
    "inténtelo aquí de nuevo.",
    "help_edge": "Haga clic en el candado a la izquierda de la dirección de la página, permita allí la cámara y el micrófono "
    "e inténtelo aquí de nuevo.",
    "help_safari_mac": "En la barra de menús elija Safari y luego «Ajustes de este sitio web». Permita la cámara y el "
    "micrófono e inténtelo aquí de nuevo.",
    "help_safari_ios": "Toque el icono en el borde del campo de dirección y luego «Ajustes del sitio web». Permita la cámara "
    "y el micrófono e inténtelo aquí de nuevo.",
    "help_ios": "Abra la app Ajustes, busque {browser} en la lista de aplicaciones, active la cámara y el micrófono y vuelva a "
    "esta página.",
    "help_android": "Toque el icono a la izquierda de la dirección de la página y luego «Permisos». Permita la cámara y el "
    "micrófono e inténtelo aquí de nuevo.",
    "help_samsung": "Toque el candado a la izquierda de la dirección de la página y luego «Permisos». Permita la cámara y el "
    "micrófono e inténtelo aquí de nuevo.",
    "help_firefox": "Haga clic en la cámara o el micrófono tachados a la izquierda de la dirección de la página, quite el "
    "bloqueo e inténtelo aquí de nuevo.",
    "help_embedded": "Abra esta página en {use}, no dentro de otra aplicación: busque «Abrir en el navegador» en el menú de la "
    "aplicación.",
    "help_other": "Abra los ajustes del navegador para esta página, permita allí la cámara y el micrófono e inténtelo aquí de "
    "nuevo.",
    "help_system": "Si eso no ayuda: en los ajustes de privacidad de su dispositivo, permita que el navegador los use.",
    "passed": "Todo funciona. Está listo para la consulta.",
    "warnings": "Debería funcionar. Mire arriba lo que está marcado con «!».",
    "failed": "Algo no funciona todavía. Mire arriba lo que está marcado con «✗» e inténtelo de nuevo.",
    "saving": "Enviando el resultado…",
    "kept": "Su equipo médico tiene el resultado.",
    "unkept": "El resultado no se ha enviado: se queda en esta página.",
    "unsent": "No se pudo enviar el resultado. Esta página lo intenta de nuevo mientras esté abierta.",
    "ended": "La consulta terminó o fue cancelada, así que el resultado no se guardó.",
    "next": "Puede cerrar esta página. Para la consulta, abra el enlace de su mensaje de texto o empiece en el portal del "
    "paciente.",
}
