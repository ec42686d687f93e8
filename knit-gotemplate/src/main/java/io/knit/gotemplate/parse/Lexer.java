package io.knit.gotemplate.parse;

import io.knit.gotemplate.parse.Lexeme.Kind;
import java.util.ArrayList;
import java.util.List;

/** Text → tokens. */
final class Lexer {
    private static final String SPACES = " \t\r\n";
    private static final int TRIM = 2; // a minus and a space

    private final String text;
    private final String open;
    private final String close;
    private final TextPlaces places;
    private final List<Lexeme> tokens = new ArrayList<>();
    private int at;
    private int parentheses;

    private Lexer(String text, String open, String close) {
        this.text = text;
        this.open = open;
        this.close = close;
        this.places = new TextPlaces(text);
    }

    static List<Lexeme> tokens(String text, String open, String close) {
        Lexer lexer = new Lexer(text, open, close);
        while (lexer.at < text.length()) {
            lexer.plain();
        }
        lexer.add(Kind.EOF, text.length());
        return lexer.tokens;
    }

    private void add(Kind kind, int from) {
        tokens.add(new Lexeme(kind, text.substring(from, at), from));
    }

    /** Up to the next action, which follows. */
    private void plain() {
        int from = at;
        int action = text.indexOf(open, at);
        if (action < 0) {
            at = text.length();
            add(Kind.TEXT, from);
            return;
        }
        boolean trims = trimsLeft(action + open.length());
        at = action;
        if (trims) {
            while (at > from && isSpace(at - 1)) {
                at--;
            }
        }
        if (at > from) {
            add(Kind.TEXT, from);
        }
        at = action + open.length() + (trims ? TRIM : 0);
        if (text.startsWith("/*", at)) {
            comment();
            return;
        }
        int inside = at;
        at = action + open.length();
        add(Kind.OPEN, action);
        at = inside;
        parentheses = 0;
        while (!closes()) {
            inside();
        }
    }

    private boolean isSpace(int index) {
        return index < text.length() && SPACES.indexOf(text.charAt(index)) >= 0;
    }

    private boolean trimsLeft(int index) {
        return text.startsWith("-", index) && isSpace(index + 1);
    }

    private boolean trimsRight(int index) {
        return isSpace(index) && text.startsWith("-", index + 1) && text.startsWith(close, index + TRIM);
    }

    private boolean isClose(int index) {
        return trimsRight(index) || text.startsWith(close, index);
    }

    private void comment() {
        int begin = at;
        int end = text.indexOf("*/", at);
        if (end < 0) {
            throw places.fault(begin, "this comment is not closed; write */ before " + close);
        }
        at = end + 2;
        if (!isClose(at)) {
            throw places.fault(at, "a comment ends with */" + close + ", nothing between them");
        }
        passClose();
    }

    private void passClose() {
        boolean trims = trimsRight(at);
        at += (trims ? TRIM : 0) + close.length();
        if (trims) {
            while (isSpace(at)) {
                at++;
            }
        }
    }

    /** Whether the action ends here, which is passed. */
    private boolean closes() {
        if (!isClose(at)) {
            return false;
        }
        if (parentheses > 0) {
            throw places.fault(at, "a ( is not closed");
        }
        int from = at;
        passClose();
        tokens.add(new Lexeme(Kind.CLOSE, close, from));
        return true;
    }

    private void inside() {
        if (at >= text.length()) {
            throw places.fault(tokens.get(lastOpen()).at(), "this is not closed; write " + close);
        }
        char sign = text.charAt(at);
        int from = at;
        if (isSpace(at)) {
            while (isSpace(at) && !trimsRight(at)) {
                at++;
            }
            add(Kind.SPACE, from);
        } else if (sign == '"' || sign == '\'') {
            quoted(sign);
        } else if (sign == '`') {
            int end = text.indexOf('`', at + 1);
            if (end < 0) {
                throw places.fault(at, "this text is not closed; write `");
            }
            at = end + 1;
            add(Kind.RAW, from);
        } else if (sign == '$') {
            at++;
            word(from, Kind.VARIABLE, Kind.VARIABLE);
        } else if (sign == '.' && !isDigit(at + 1)) {
            at++;
            word(from, Kind.FIELD, Kind.DOT);
        } else if (sign == '.' || sign == '+' || sign == '-' || isDigit(at)) {
            number();
        } else if (isAlphanumeric(at)) {
            name();
        } else {
            sign(sign);
        }
    }

    private int lastOpen() {
        for (int i = tokens.size() - 1; i > 0; i--) {
            if (tokens.get(i).is(Kind.OPEN)) {
                return i;
            }
        }
        return 0;
    }

    private void sign(char sign) {
        int from = at;
        at++;
        switch (sign) {
            case '|' -> add(Kind.PIPE, from);
            case '=' -> add(Kind.ASSIGN, from);
            case ',' -> add(Kind.COMMA, from);
            case '(' -> {
                parentheses++;
                add(Kind.LEFT, from);
            }
            case ')' -> {
                parentheses--;
                if (parentheses < 0) {
                    throw places.fault(from, "this ) has no ( before it");
                }
                add(Kind.RIGHT, from);
            }
            case ':' -> {
                if (!text.startsWith("=", at)) {
                    throw places.fault(from, "after : comes =, as in $x := 1");
                }
                at++;
                add(Kind.DECLARE, from);
            }
            default -> {
                if (sign <= ' ' || sign >= 0x7f) {
                    throw places.fault(from, "this character has no meaning here");
                }
                add(Kind.SIGN, from);
            }
        }
    }

    private void quoted(char quote) {
        int from = at;
        for (at++; at < text.length() && text.charAt(at) != '\n'; at++) {
            char sign = text.charAt(at);
            if (sign == quote) {
                at++;
                add(quote == '"' ? Kind.STRING : Kind.CHARACTER, from);
                return;
            }
            if (sign == '\\' && at + 1 < text.length() && text.charAt(at + 1) != '\n') {
                at++;
            }
        }
        throw places.fault(from, "this text is not closed on its line; write " + quote);
    }

    /** What follows a dot or a dollar. */
    private void word(int from, Kind named, Kind alone) {
        int begin = at;
        if (!endsWord()) {
            while (isAlphanumeric(at)) {
                at += Character.charCount(text.codePointAt(at));
            }
            requireWordEnd();
        }
        add(at == begin ? alone : named, from);
    }

    private void name() {
        int from = at;
        while (isAlphanumeric(at)) {
            at += Character.charCount(text.codePointAt(at));
        }
        requireWordEnd();
        add(Lexeme.WORDS.getOrDefault(text.substring(from, at), Kind.NAME), from);
    }

    private void requireWordEnd() {
        if (!endsWord()) {
            throw places.fault(at, "this character has no meaning in a name");
        }
    }

    private boolean endsWord() {
        return at >= text.length() || isSpace(at) || ".,|:)(".indexOf(text.charAt(at)) >= 0 || isClose(at);
    }

    private boolean isDigit(int index) {
        return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
    }

    private boolean isAlphanumeric(int index) {
        if (index >= text.length()) {
            return false;
        }
        int sign = text.codePointAt(index);
        return sign == '_' || Character.isLetter(sign) || Character.getType(sign) == Character.DECIMAL_DIGIT_NUMBER;
    }

    private void number() {
        int from = at;
        accept("+-");
        String digits = "0123456789_";
        boolean isHex = false;
        boolean isDecimal = true;
        if (accept("0")) {
            if (accept("xX")) {
                digits = "0123456789abcdefABCDEF_";
                isHex = true;
                isDecimal = false;
            } else if (accept("oO")) {
                digits = "01234567_";
                isDecimal = false;
            } else if (accept("bB")) {
                digits = "01_";
                isDecimal = false;
            }
        }
        acceptAll(digits);
        if (accept(".")) {
            acceptAll(digits);
        }
        if (isDecimal && accept("eE") || isHex && accept("pP")) {
            accept("+-");
            acceptAll("0123456789_");
        }
        if (isAlphanumeric(at)) {
            throw places.fault(
                    from,
                    text.charAt(at) == 'i'
                            ? "complex numbers are not known here"
                            : "this is not how numbers are written");
        }
        add(Kind.NUMBER, from);
    }

    private boolean accept(String signs) {
        if (at < text.length() && signs.indexOf(text.charAt(at)) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    private void acceptAll(String signs) {
        while (accept(signs)) {
            continue;
        }
    }
}
