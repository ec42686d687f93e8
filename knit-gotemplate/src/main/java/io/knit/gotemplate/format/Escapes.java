package io.knit.gotemplate.format;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.value.GoText;
import java.util.Locale;

/** Texts for HTML, JavaScript and URLs. */
public final class Escapes {
    private Escapes() {}

    public static String html(String text, CostMeter meter) {
        Out out = Out.value(meter);
        for (int i = 0; i < text.length(); i++) {
            char sign = text.charAt(i);
            switch (sign) {
                case '"' -> out.add("&#34;");
                case '\'' -> out.add("&#39;");
                case '&' -> out.add("&amp;");
                case '<' -> out.add("&lt;");
                case '>' -> out.add("&gt;");
                case 0 -> out.add('\ufffd');
                default -> out.add(sign);
            }
        }
        return out.toString();
    }

    public static String javaScript(String text, CostMeter meter) {
        Out out = Out.value(meter);
        text.codePoints().forEach(sign -> {
            switch (sign) {
                case '\\', '\'', '"' -> out.add('\\').add((char) sign);
                case '<', '>', '&', '=' -> out.add(unicode(sign));
                default -> {
                    boolean isPlain = sign < 0x80 ? sign >= ' ' : GoText.isShown(sign);
                    out.add(isPlain ? Character.toString(sign) : unicode(sign));
                }
            }
        });
        return out.toString();
    }

    private static String unicode(int sign) {
        return String.format(Locale.ROOT, "\\u%04X", sign);
    }

    public static String url(String text, CostMeter meter) {
        Out out = Out.value(meter);
        for (byte each : GoText.bytes(text)) {
            char sign = (char) (each & 0xff);
            if (sign == ' ') {
                out.add('+');
            } else if (sign < 0x80 && (Character.isLetterOrDigit(sign) || "-_.~".indexOf(sign) >= 0)) {
                out.add(sign);
            } else {
                out.add(String.format(Locale.ROOT, "%%%02X", each));
            }
        }
        return out.toString();
    }
}
