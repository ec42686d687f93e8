package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.Place;
import io.knit.gotemplate.parse.Lexeme.Kind;
import java.util.List;

/** Tokens, one after the other. The last one, {@code EOF}, is never passed. */
final class TokenRow {
    private final List<Lexeme> all;
    private final TextPlaces places;
    private int at;

    TokenRow(String text, List<Lexeme> all) {
        this.all = all;
        this.places = new TextPlaces(text);
    }

    Lexeme peek() {
        return ahead(0);
    }

    Lexeme ahead(int count) {
        return all.get(Math.min(at + count, all.size() - 1));
    }

    Lexeme next() {
        Lexeme token = peek();
        at = Math.min(at + 1, all.size() - 1);
        return token;
    }

    /** Passes spaces. */
    Lexeme peekNonSpace() {
        while (peek().is(Kind.SPACE)) {
            next();
        }
        return peek();
    }

    Lexeme nextNonSpace() {
        peekNonSpace();
        return next();
    }

    /** The one so many ahead, or after spaces that stand there; nothing is passed. */
    Lexeme afterSpace(int count) {
        int ahead = count;
        while (ahead(ahead).is(Kind.SPACE)) {
            ahead++;
        }
        return ahead(ahead);
    }

    void expectClose(String context) {
        Lexeme token = nextNonSpace();
        if (!token.is(Kind.CLOSE)) {
            throw unexpected(token, context);
        }
    }

    GoFault unexpected(Lexeme token, String context) {
        return fault(token, "\"" + token.text().strip() + "\" has no meaning here, in " + context);
    }

    GoFault fault(Lexeme token, String words) {
        return places.fault(token.at(), words);
    }

    Place place(Lexeme token) {
        return places.of(token.at());
    }
}
