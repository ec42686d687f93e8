package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.parse.Token.Kind;
import io.knit.gotemplate.tree.Definitions;
import io.knit.gotemplate.tree.Node;
import io.knit.gotemplate.tree.Pipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tokens → what they say. */
public final class Parser {
    /** How deep branches, and parentheses, stand in each other at most. */
    static final int MOST_DEEP = 100;

    private final Tokens tokens;
    private final Pipes pipes;
    private final Map<String, List<Node>> defined = new HashMap<>();
    private int ranges;
    private int depth;

    private Parser(Tokens tokens, Set<String> functions) {
        this.tokens = tokens;
        this.pipes = new Pipes(tokens, functions);
    }

    /**
     * Parses.
     *
     * @param functions names of those there are
     * @throws GoFault with its place
     */
    public static Definitions parse(String text, String open, String close, Set<String> functions) {
        Tokens tokens = new Tokens(text, Lexer.tokens(text, open, close));
        Parser parser = new Parser(tokens, functions);
        parser.top();
        return new Definitions(parser.defined);
    }

    /** The parts, and by what the list of them ends: {@code end}, {@code else}, or the text's end. */
    private record Parts(List<Node> nodes, Token end) {}

    private void top() {
        List<Node> nodes = new ArrayList<>();
        while (!tokens.peek().is(Kind.EOF)) {
            if (tokens.peek().is(Kind.OPEN) && tokens.afterSpace(1).is(Kind.DEFINE)) {
                definition();
                continue;
            }
            Token end = part(nodes);
            if (end != null) {
                throw tokens.fault(end, "there is nothing open that this " + end.text() + " belongs to");
            }
        }
        add("", nodes, tokens.peek());
    }

    private void definition() {
        tokens.next();
        tokens.nextNonSpace();
        Token name = tokens.nextNonSpace();
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

    private void add(String name, List<Node> nodes, Token where) {
        List<Node> before = defined.get(name);
        if (before == null || isEmpty(before)) {
            defined.put(name, List.copyOf(nodes));
        } else if (!isEmpty(nodes)) {
            throw tokens.fault(where, "the template \"" + name + "\" is defined twice");
        }
    }

    private static boolean isEmpty(List<Node> nodes) {
        return nodes.stream()
                .allMatch(it -> it instanceof Node.Text text && text.text().isBlank());
    }

    private Parts list(Token opened) {
        if (++depth > MOST_DEEP) {
            throw tokens.fault(opened, "this stands deeper than " + MOST_DEEP + " in others");
        }
        List<Node> nodes = new ArrayList<>();
        while (!tokens.peek().is(Kind.EOF)) {
            Token end = part(nodes);
            if (end != null) {
                depth--;
                return new Parts(nodes, end);
            }
        }
        throw tokens.fault(opened, "this has no end");
    }

    /** Adds what comes next, or gives the {@code end} or {@code else} that it is. */
    private @Nullable Token part(List<Node> nodes) {
        Token token = tokens.next();
        if (token.is(Kind.TEXT)) {
            nodes.add(new Node.Text(tokens.place(token), token.text()));
            return null;
        }
        Token word = tokens.peekNonSpace();
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
            case IF -> nodes.add(branch(Node.Kind.IF));
            case RANGE -> nodes.add(branch(Node.Kind.RANGE));
            case WITH -> nodes.add(branch(Node.Kind.WITH));
            case BREAK, CONTINUE -> nodes.add(jump());
            case TEMPLATE -> nodes.add(call());
            case BLOCK -> nodes.add(block());
            default -> nodes.add(new Node.Action(tokens.place(word), pipes.pipe("an action", Kind.CLOSE)));
        }
        return null;
    }

    private Node jump() {
        Token word = tokens.nextNonSpace();
        tokens.expectClose(word.text());
        if (ranges == 0) {
            throw tokens.fault(word, word.text() + " stands only within range");
        }
        return word.is(Kind.BREAK) ? new Node.Break(tokens.place(word)) : new Node.Continue(tokens.place(word));
    }

    private Node branch(Node.Kind kind) {
        Token word = tokens.nextNonSpace();
        List<Node.Branch> made = new ArrayList<>();
        pipes.inner(() -> made.add(branch(kind, word)));
        return made.get(0);
    }

    private Node.Branch branch(Node.Kind kind, Token word) {
        Pipe pipe = pipes.pipe(kind.word(), Kind.CLOSE);
        ranges += kind == Node.Kind.RANGE ? 1 : 0;
        Parts then = list(word);
        ranges -= kind == Node.Kind.RANGE ? 1 : 0;
        List<Node> otherwise = null;
        if (then.end.is(Kind.ELSE)) {
            Kind next = tokens.peekNonSpace().kind();
            if (next == Kind.IF && kind == Node.Kind.IF || next == Kind.WITH && kind == Node.Kind.WITH) {
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
        return new Node.Branch(tokens.place(word), kind, pipe, then.nodes, otherwise);
    }

    private Node call() {
        Token word = tokens.nextNonSpace();
        String name = templateName(tokens.nextNonSpace(), "template");
        Pipe pipe = null;
        if (tokens.peekNonSpace().is(Kind.CLOSE)) {
            tokens.next();
        } else {
            pipe = pipes.pipe("template", Kind.CLOSE);
        }
        return new Node.Call(tokens.place(word), name, pipe);
    }

    private Node block() {
        Token word = tokens.nextNonSpace();
        String name = templateName(tokens.nextNonSpace(), "block");
        Pipe pipe = pipes.pipe("block", Kind.CLOSE);
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
        return new Node.Call(tokens.place(word), name, pipe);
    }

    private String templateName(Token token, String context) {
        if (token.is(Kind.STRING) || token.is(Kind.RAW)) {
            return pipes.text(token);
        }
        throw tokens.fault(token, context + " takes a name in quotes first");
    }
}
