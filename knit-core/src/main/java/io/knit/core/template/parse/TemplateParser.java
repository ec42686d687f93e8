package io.knit.core.template.parse;

import io.knit.core.spec.Delimiters;
import io.knit.core.template.bound.SpentError;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.ExtensionRegistry;
import io.pebbletemplates.pebble.extension.NodeVisitorFactory;
import io.pebbletemplates.pebble.lexer.LexerImpl;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.lexer.TokenStream;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.parser.ParserImpl;
import io.pebbletemplates.pebble.parser.ParserOptions;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.io.StringReader;
import java.util.List;
import java.util.Set;

/** Text to a template that can be rendered. Goes through Pebble's stages one by one, since only so a column can be told. */
public final class TemplateParser {
    private static final int MAX_INTERPOLATIONS = 100;

    private final PebbleEngine pebble;
    private final Delimiters delimiters;

    /** @param delimiters those that the engine was made with */
    public TemplateParser(PebbleEngine pebble, Delimiters delimiters) {
        this.pebble = pebble;
        this.delimiters = delimiters;
    }

    /**
     * @param names the variables there are
     * @throws TemplateFault with line and column
     */
    public PebbleTemplateImpl parse(String content, Set<String> names) {
        refuseEndlessString(content);
        TokenStream tokens = lex(content);
        refuseDepth(tokens.getTokens());
        RootNode root = parse(content, tokens);
        PebbleTemplateImpl asWritten = template(root);
        new NameCheck(asWritten, content, delimiters, names, pebble.getExtensionRegistry()).visit(root);
        return template(Meter.root(root));
    }

    private PebbleTemplateImpl template(RootNode root) {
        PebbleTemplateImpl template = new PebbleTemplateImpl(pebble, root, "template");
        try {
            for (NodeVisitorFactory visitor : pebble.getExtensionRegistry().getNodeVisitors()) {
                visitor.createVisitor(template).visit(root);
            }
        } catch (PebbleException e) {
            throw new TemplateFault(e.getPebbleMessage());
        }
        return template;
    }

    private static void refuseDepth(List<Token> tokens) {
        Token deep = Nesting.tooDeep(tokens);
        if (deep != null) {
            throw new TemplateFault(SpentError.TOO_DEEP, new Position(deep.getLineNumber(), 0));
        }
    }

    private TokenStream lex(String content) {
        try {
            TokenStream tokens = tokenize(content);
            refuseInterpolations(content, tokens.getTokens());
            return tokens;
        } catch (PebbleException e) {
            throw new TemplateFault(
                    TemplateWords.foreign(TemplateWords.of(e.getPebbleMessage(), delimiters), delimiters),
                    new LexicalPosition(content, delimiters, e, this::tokenize).find());
        } catch (IndexOutOfBoundsException e) {
            throw new TemplateFault(TemplateWords.endless(delimiters), Position.endOf(content));
        }
    }

    private TokenStream tokenize(String content) {
        ExtensionRegistry registry = pebble.getExtensionRegistry();
        return new LexerImpl(
                        pebble.getSyntax(),
                        registry.getUnaryOperators().values(),
                        registry.getBinaryOperators().values())
                .tokenize(new StringReader(content), "template");
    }

    private RootNode parse(String content, TokenStream tokens) {
        ExtensionRegistry registry = pebble.getExtensionRegistry();
        try {
            return new ParserImpl(
                            registry.getUnaryOperators(),
                            registry.getBinaryOperators(),
                            registry.getTokenParsers(),
                            new ParserOptions())
                    .parse(tokens);
        } catch (PebbleException e) {
            throw new TemplateFault(
                    words(e, tokens), new TokenPositions(content, delimiters, tokens.getTokens()).current(tokens));
        } catch (IndexOutOfBoundsException e) {
            throw new TemplateFault(TemplateWords.endless(delimiters), Position.endOf(content));
        } catch (NumberFormatException e) {
            throw new TemplateFault(
                    "a number is too large",
                    new TokenPositions(content, delimiters, tokens.getTokens()).current(tokens));
        }
    }

    private String words(PebbleException e, TokenStream tokens) {
        Token token = tokens.current();
        boolean tag = e.getPebbleMessage().startsWith("Unexpected tag name");
        if (tag && Sandbox.READS_FILES.contains(token.getValue())) {
            return "templates can't include files or other templates; remove the tag \"" + token.getValue() + "\"";
        }
        if (tag && !token.getValue().startsWith("e")) {
            return TemplateWords.foreign(
                    "there is no tag \"" + token.getValue() + "\" here; there are if, for, set, macro and verbatim",
                    delimiters);
        }
        return TemplateWords.foreign(TemplateWords.of(e.getPebbleMessage(), delimiters), delimiters);
    }

    private static void refuseInterpolations(String content, List<Token> tokens) {
        long count = tokens.stream()
                .filter(token -> token.test(Token.Type.STRING_INTERPOLATION_START))
                .count();
        if (count > MAX_INTERPOLATIONS) {
            throw new TemplateFault(
                    "it has more than " + MAX_INTERPOLATIONS + " #{…} in strings; print parts one by one",
                    Position.at(content, content.indexOf("#{")));
        }
    }

    /** Pebble's lexer never returns from a string that ends with the text's last character being a backslash. */
    private void refuseEndlessString(String content) {
        if (content.endsWith("\\")) {
            lex(content + "\n");
        }
    }
}
