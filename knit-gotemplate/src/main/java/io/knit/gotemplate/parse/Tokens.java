package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.Place;
import io.knit.gotemplate.parse.Token.Kind;
import java.util.List;

/** Tokens, one after the other. The last one, {@code EOF}, is never passed. */
final class Tokens {
    private final List<Token> all;
    private final Places places;
    private int at;

    Tokens(String text, List<Token> all) {
        this.all = all;
        this.places = new Places(text);
    }

    Token peek() {
        return ahead(0);
    }

    Token ahead(int count) {
        return all.get(Math.min(at + count, all.size() - 1));
    }

    Token next() {
        Token token = peek();
        at = Math.min(at + 1, all.size() - 1);
        return token;
    }

    /** Passes spaces. */
    Token peekNonSpace() {
        while (peek().is(Kind.SPACE)) {
            next();
        }
        return peek();
    }

    Token nextNonSpace() {
        peekNonSpace();
        return next();
    }

    /** The one so many ahead, or after spaces that stand there; nothing is passed. */
    Token afterSpace(int count) {
        int ahead = count;
        while (ahead(ahead).is(Kind.SPACE)) {
            ahead++;
        }
        return ahead(ahead);
    }

    void expectClose(String context) {
        Token token = nextNonSpace();
        if (!token.is(Kind.CLOSE)) {
            throw unexpected(token, context);
        }
    }

    GoFault unexpected(Token token, String context) {
        return fault(token, "\"" + token.text().strip() + "\" has no meaning here, in " + context);
    }

    GoFault fault(Token token, String words) {
        return places.fault(token.at(), words);
    }

    Place place(Token token) {
        return places.of(token.at());
    }
}
