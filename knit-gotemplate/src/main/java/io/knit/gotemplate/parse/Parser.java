package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.parse.Lexeme.Kind;
import io.knit.gotemplate.tree.Definitions;
import io.knit.gotemplate.tree.Pipeline;
import io.knit.gotemplate.tree.TreePart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tokens → what they say. */
public final class Parser {
    /** How deep branches, and parentheses, stand in each other at most. */
    static final int MOST_DEEP = 100;

    private final TokenRow tokens;
    private final Pipes pipes;
    private final Map<String, List<TreePart>> defined = new HashMap<>();
    private int ranges;
    private int depth;

    private Parser(TokenRow tokens, Predicate<String> functions) {
        this.tokens = tokens;
        this.pipes = new Pipes(tokens, functions);
    }

    /**
     * Parses.
     *
     * @param functions whether there is one of this name
     * @throws GoFault with its place
     */
    public static Definitions parse(String text, String open, String close, Predicate<String> functions) {
        TokenRow tokens = new TokenRow(text, Lexer.tokens(text, open, close));
        Parser parser = new Parser(tokens, functions);
        parser.top();
        return new Definitions(parser.defined);
    }

    /** The parts, and by what the list of them ends: {@code end}, {@code else}, or the text's end. */
    private record Parts(List<TreePart> nodes, Lexeme end) {}

    private void top() {
        List<TreePart> nodes = new ArrayList<>();
        while (!tokens.peek().is(Kind.EOF)) {
            if (tokens.peek().is(Kind.OPEN) && tokens.afterSpace(1).is(Kind.DEFINE)) {
                definition();
                continue;
            }
            Lexeme end = part(nodes);
            if (end != null) {
                throw tokens.fault(end, "there is nothing open that this " + end.text() + " belongs to");
            }
        }
        add("", nodes, tokens.peek());
    }

    private void definition() {
        tokens.next();
        tokens.nextNonSpace();
        Lexeme name = tokens.nextNonSpace();
        String words = templateName(name, "define");
        tokens.expectClose("define");
        pipes.scope(() -> {
            Parts parts = list(name);
            if (!parts.end.is(Kind.END)) {
                throw tokens.fault(parts.end, "define has no else");
            }
            add(words, parts.nodes, name);
        });
    }

    private void add(String name, List<TreePart> nodes, Lexeme where) {
        List<TreePart> before = defined.get(name);
        if (before == null || isEmpty(before)) {
            defined.put(name, List.copyOf(nodes));
        } else if (!isEmpty(nodes)) {
            throw tokens.fault(where, "the template \"" + name + "\" is defined twice");
        }
    }

    private static boolean isEmpty(List<TreePart> nodes) {
        return nodes.stream()
                .allMatch(it -> it instanceof TreePart.Text text && text.text().isBlank());
    }

    private Parts list(Lexeme opened) {
        if (++depth > MOST_DEEP) {
            throw tokens.fault(opened, "this stands deeper than " + MOST_DEEP + " in others");
        }
        List<TreePart> nodes = new ArrayList<>();
        while (!tokens.peek().is(Kind.EOF)) {
            Lexeme end = part(nodes);
            if (end != null) {
                depth--;
                return new Parts(nodes, end);
            }
        }
        throw tokens.fault(opened, "this has no end");
    }

    /** Adds what comes next, or gives the {@code end} or {@code else} that it is. */
    private @Nullable Lexeme part(List<TreePart> nodes) {
        Lexeme token = tokens.next();
        if (token.is(Kind.TEXT)) {
            nodes.add(new TreePart.Text(tokens.place(token), token.text()));
            return null;
        }
        Lexeme word = tokens.peekNonSpace();
        switch (word.kind()) {
            case END -> {
                tokens.next();
                tokens.expectClose("end");
                return word;
            }
            case ELSE -> {
                tokens.next();
                Kind next = tokens.peekNonSpace().kind();
                if (next != Kind.IF && next != Kind.WITH) {
                    tokens.expectClose("else");
                }
                return word;
            }
            case IF -> nodes.add(branch(TreePart.Kind.IF));
            case RANGE -> nodes.add(branch(TreePart.Kind.RANGE));
            case WITH -> nodes.add(branch(TreePart.Kind.WITH));
            case BREAK, CONTINUE -> nodes.add(jump());
            case TEMPLATE -> nodes.add(call());
            case BLOCK -> nodes.add(block());
            default -> nodes.add(new TreePart.Action(tokens.place(word), pipes.pipe("an action", Kind.CLOSE)));
        }
        return null;
    }

    private TreePart jump() {
        Lexeme word = tokens.nextNonSpace();
        tokens.expectClose(word.text());
        if (ranges == 0) {
            throw tokens.fault(word, word.text() + " stands only within range");
        }
        return word.is(Kind.BREAK) ? new TreePart.Break(tokens.place(word)) : new TreePart.Continue(tokens.place(word));
    }

    private TreePart branch(TreePart.Kind kind) {
        Lexeme word = tokens.nextNonSpace();
        List<TreePart.Branch> made = new ArrayList<>();
        pipes.inner(() -> made.add(branch(kind, word)));
        return made.get(0);
    }

    private TreePart.Branch branch(TreePart.Kind kind, Lexeme word) {
        Pipeline pipe = pipes.pipe(kind.word(), Kind.CLOSE);
        ranges += kind == TreePart.Kind.RANGE ? 1 : 0;
        Parts then = list(word);
        ranges -= kind == TreePart.Kind.RANGE ? 1 : 0;
        List<TreePart> otherwise = null;
        if (then.end.is(Kind.ELSE)) {
            Kind next = tokens.peekNonSpace().kind();
            if (next == Kind.IF && kind == TreePart.Kind.IF || next == Kind.WITH && kind == TreePart.Kind.WITH) {
                if (++depth > MOST_DEEP) {
                    throw tokens.fault(word, "there are more than " + MOST_DEEP + " else one after the other");
                }
                otherwise = List.of(branch(kind));
                depth--;
            } else {
                if (next == Kind.IF || next == Kind.WITH) {
                    throw tokens.fault(
                            tokens.peekNonSpace(),
                            "else " + tokens.peekNonSpace().text() + " does not belong to " + kind.word());
                }
                Parts rest = list(then.end);
                if (!rest.end.is(Kind.END)) {
                    throw tokens.fault(rest.end, "after an else comes end");
                }
                otherwise = rest.nodes;
            }
        }
        return new TreePart.Branch(tokens.place(word), kind, pipe, then.nodes, otherwise);
    }

    private TreePart call() {
        Lexeme word = tokens.nextNonSpace();
        String name = templateName(tokens.nextNonSpace(), "template");
        Pipeline pipe = null;
        if (tokens.peekNonSpace().is(Kind.CLOSE)) {
            tokens.next();
        } else {
            pipe = pipes.pipe("template", Kind.CLOSE);
        }
        return new TreePart.Call(tokens.place(word), name, pipe);
    }

    private TreePart block() {
        Lexeme word = tokens.nextNonSpace();
        String name = templateName(tokens.nextNonSpace(), "block");
        Pipeline pipe = pipes.pipe("block", Kind.CLOSE);
        int outer = ranges;
        ranges = 0;
        pipes.scope(() -> {
            Parts parts = list(word);
            if (!parts.end.is(Kind.END)) {
                throw tokens.fault(parts.end, "block has no else");
            }
            add(name, parts.nodes, word);
        });
        ranges = outer;
        return new TreePart.Call(tokens.place(word), name, pipe);
    }

    private String templateName(Lexeme token, String context) {
        if (token.is(Kind.STRING) || token.is(Kind.RAW)) {
            return pipes.text(token);
        }
        throw tokens.fault(token, context + " takes a name in quotes first");
    }
}
