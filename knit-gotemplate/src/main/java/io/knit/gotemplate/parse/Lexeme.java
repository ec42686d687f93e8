package io.knit.gotemplate.parse;

import java.util.Map;
import java.util.Set;

/**
 * A word of a template's text.
 *
 * @param at where it begins
 */
record Lexeme(Kind kind, String text, int at) {
    enum Kind {
        TEXT,
        OPEN,
        CLOSE,
        SPACE,
        NUMBER,
        CHARACTER,
        STRING,
        RAW,
        BOOL,
        NAME,
        FIELD,
        VARIABLE,
        DOT,
        PIPE,
        LEFT,
        RIGHT,
        ASSIGN,
        DECLARE,
        COMMA,
        SIGN,
        NIL,
        BLOCK,
        BREAK,
        CONTINUE,
        DEFINE,
        ELSE,
        END,
        IF,
        RANGE,
        TEMPLATE,
        WITH,
        EOF
    }

    static final Map<String, Kind> WORDS = Map.ofEntries(
            Map.entry("nil", Kind.NIL),
            Map.entry("true", Kind.BOOL),
            Map.entry("false", Kind.BOOL),
            Map.entry("block", Kind.BLOCK),
            Map.entry("break", Kind.BREAK),
            Map.entry("continue", Kind.CONTINUE),
            Map.entry("define", Kind.DEFINE),
            Map.entry("else", Kind.ELSE),
            Map.entry("end", Kind.END),
            Map.entry("if", Kind.IF),
            Map.entry("range", Kind.RANGE),
            Map.entry("template", Kind.TEMPLATE),
            Map.entry("with", Kind.WITH));

    private static final Set<Kind> OPERANDS = Set.of(
            Kind.BOOL,
            Kind.CHARACTER,
            Kind.DOT,
            Kind.FIELD,
            Kind.NAME,
            Kind.NUMBER,
            Kind.NIL,
            Kind.RAW,
            Kind.STRING,
            Kind.VARIABLE,
            Kind.LEFT);

    /** Whether an operand begins with it. */
    boolean isOperand() {
        return OPERANDS.contains(kind);
    }

    boolean is(Kind other) {
        return kind == other;
    }
}
