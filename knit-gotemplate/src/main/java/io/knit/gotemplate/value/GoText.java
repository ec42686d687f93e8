package io.knit.gotemplate.value;

import io.knit.gotemplate.bound.GoFault;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Texts are bytes of UTF-8 to Go, and are compared, counted and cut as such. */
public final class GoText {
    private GoText() {}

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static String cut(String text, int from, int to) {
        byte[] bytes = bytes(text);
        if (from < 0 || from > to || to > bytes.length) {
            throw new GoFault("slice is out of range: bytes of the text are counted from 0");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new GoFault("slice would cut a character in two: texts are counted in bytes of UTF-8");
        }
    }

    /** As their bytes are ordered, which is as their characters are. */
    public static int compare(String one, String other) {
        int shorter = Math.min(one.length(), other.length());
        for (int i = 0; i < shorter; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                // halves of characters beyond the first plane are ordered after all others
                return Character.isSurrogate(a) == Character.isSurrogate(b)
                        ? Character.compare(a, b)
                        : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** Whether Go shows it as it is, and not as an escape. */
    public static boolean isShown(int character) {
        return character == ' '
                || switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }
}
