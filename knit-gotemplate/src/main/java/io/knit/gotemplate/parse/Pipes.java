package io.knit.gotemplate.parse;

import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.parse.Lexeme.Kind;
import io.knit.gotemplate.tree.Operand;
import io.knit.gotemplate.tree.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What stands within an action: pipelines, commands, operands, and which variables there are. */
final class Pipes {
    private final TokenRow tokens;
    private final Predicate<String> functions;
    private Scope variables = new Scope();
    private int depth;

    Pipes(TokenRow tokens, Predicate<String> functions) {
        this.tokens = tokens;
        this.functions = functions;
    }

    /** What is declared in there is gone afterwards. */
    void inner(Runnable work) {
        int before = variables.mark();
        work.run();
        variables.backTo(before);
    }

    /** None of the variables around exist in there. */
    void scope(Runnable work) {
        Scope outer = variables;
        variables = new Scope();
        work.run();
        variables = outer;
    }

    Pipeline pipe(String context, Kind end) {
        Lexeme first = tokens.peekNonSpace();
        List<String> given = new ArrayList<>();
        boolean assigns = false;
        while (tokens.peekNonSpace().is(Kind.VARIABLE)) {
            Lexeme next = tokens.afterSpace(1);
            boolean isLast = next.is(Kind.ASSIGN) || next.is(Kind.DECLARE);
            if (!isLast && !next.is(Kind.COMMA)) {
                break;
            }
            String name = tokens.next().text();
            tokens.nextNonSpace();
            given.add(name);
            variables.add(name);
            if (isLast) {
                assigns = next.is(Kind.ASSIGN);
                break;
            }
            requireSecond(context, given, next);
        }
        List<Pipeline.Command> commands = new ArrayList<>();
        while (!tokens.peekNonSpace().is(end)) {
            if (!tokens.peek().isOperand()) {
                throw tokens.unexpected(tokens.peek(), context);
            }
            commands.add(command(commands.isEmpty()));
        }
        if (commands.isEmpty()) {
            throw tokens.fault(tokens.peek(), "a value is missing for " + context);
        }
        tokens.next();
        return new Pipeline(tokens.place(first), List.copyOf(given), assigns, List.copyOf(commands));
    }

    private void requireSecond(String context, List<String> given, Lexeme comma) {
        if (!context.equals("range") || given.size() > 1) {
            throw tokens.fault(comma, "too many variables for " + context);
        }
        Kind kind = tokens.peekNonSpace().kind();
        if (kind != Kind.VARIABLE && kind != Kind.CLOSE && kind != Kind.RIGHT) {
            throw tokens.fault(comma, "after the comma comes a second variable");
        }
    }

    private Pipeline.Command command(boolean isFirst) {
        List<Operand> words = new ArrayList<>();
        while (true) {
            Lexeme at = tokens.peekNonSpace();
            Operand operand = operand();
            if (operand != null) {
                words.add(operand);
                if (!isFirst && words.size() == 1 && isPlain(operand)) {
                    throw tokens.fault(at, "into this nothing can be piped");
                }
            }
            Kind after = tokens.peek().kind();
            if (after == Kind.SPACE) {
                tokens.next();
                continue;
            }
            if (after == Kind.PIPE) {
                tokens.next();
            } else if (after != Kind.CLOSE && after != Kind.RIGHT) {
                throw tokens.unexpected(tokens.peek(), "a command");
            }
            if (words.isEmpty()) {
                throw tokens.fault(at, "a command is missing");
            }
            return new Pipeline.Command(List.copyOf(words));
        }
    }

    private static boolean isPlain(Operand operand) {
        return operand instanceof Operand.Literal || operand instanceof Operand.Dot || operand instanceof Operand.Nil;
    }

    private @Nullable Operand operand() {
        Lexeme first = tokens.peek();
        Operand term = term();
        if (term == null || !tokens.peek().is(Kind.FIELD)) {
            return term;
        }
        if (isPlain(term)) {
            throw tokens.fault(tokens.peek(), "this has no fields");
        }
        List<String> names = new ArrayList<>();
        if (term instanceof Operand.Field field) {
            names.addAll(field.names());
        }
        while (tokens.peek().is(Kind.FIELD)) {
            names.add(tokens.next().text().substring(1));
        }
        if (term instanceof Operand.Field) {
            return new Operand.Field(tokens.place(first), List.copyOf(names));
        }
        if (term instanceof Operand.Variable variable) {
            return new Operand.Variable(tokens.place(first), variable.name(), List.copyOf(names));
        }
        return new Operand.Chain(tokens.place(first), term, List.copyOf(names));
    }

    /** Null, and nothing passed, if none begins here. */
    private @Nullable Operand term() {
        Lexeme token = tokens.peek();
        if (!token.isOperand()) {
            return null;
        }
        tokens.next();
        return switch (token.kind()) {
            case NAME -> {
                if (!functions.test(token.text())) {
                    throw tokens.fault(token, "there is no function \"" + token.text() + "\" in Go templates");
                }
                yield new Operand.Name(tokens.place(token), token.text());
            }
            case DOT -> new Operand.Dot(tokens.place(token));
            case NIL -> new Operand.Nil(tokens.place(token));
            case VARIABLE -> {
                if (!variables.contains(token.text())) {
                    throw tokens.fault(token, "there is no variable " + token.text());
                }
                yield new Operand.Variable(tokens.place(token), token.text(), List.of());
            }
            case FIELD ->
                new Operand.Field(tokens.place(token), List.of(token.text().substring(1)));
            case BOOL -> new Operand.Literal(tokens.place(token), token.text().equals("true"));
            case NUMBER -> new Operand.Literal(tokens.place(token), literal(token, Literals::number));
            case CHARACTER -> new Operand.Literal(tokens.place(token), literal(token, Literals::character));
            case STRING, RAW -> new Operand.Literal(tokens.place(token), text(token));
            default -> inner(token);
        };
    }

    private Operand inner(Lexeme left) {
        if (++depth > Parser.MOST_DEEP) {
            throw tokens.fault(left, "more than " + Parser.MOST_DEEP + " parentheses stand in each other");
        }
        Pipeline pipe = pipe("parentheses", Kind.RIGHT);
        depth--;
        return new Operand.Inner(tokens.place(left), pipe);
    }

    String text(Lexeme token) {
        String text = literal(token, token.is(Kind.RAW) ? Literals::raw : Literals::text);
        return text == null ? "" : text;
    }

    private <T> @Nullable T literal(Lexeme token, Function<String, ? extends @Nullable T> read) {
        try {
            return read.apply(token.text());
        } catch (GoFault e) {
            throw e.at(tokens.place(token));
        }
    }
}
