package io.knit.core.template.bound;

import io.pebbletemplates.pebble.attributes.AttributeResolver;
import io.pebbletemplates.pebble.attributes.ResolvedAttribute;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.RootAttributeNotFoundException;
import io.pebbletemplates.pebble.extension.NodeVisitor;
import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.GetAttributeExpression;
import io.pebbletemplates.pebble.template.EvaluationContextImpl;
import io.pebbletemplates.pebble.template.PebbleTemplateImpl;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code a.b} and {@code a[b]}: a map's key, a list's place, the key and value of a loop over a map, and what {@code loop} knows.
 * Pebble's own way looks for methods and fields of Java objects; no reflection here.
 */
public final class Attributes implements AttributeResolver {
    /** The name of a missing attribute that is not to be quoted. */
    public static final String WORKED_OUT = "what is worked out in [ ]";

    /** Where what people look for at the top is. */
    private static final Map<String, String> OWNERS = Map.of(
            "slot", "instance",
            "hostname", "node",
            "mesh_ip", "node",
            "image", "deployment",
            "revision", "deployment");

    /**
     * What is said of a name that stands for nothing.
     *
     * @param dot what stands before a name at the top
     */
    public static String unknown(String name, Set<String> offered, String dot) {
        String owner = OWNERS.get(name);
        return "there is no \"" + name + "\"; "
                + (owner != null && offered.contains(owner) ? "did you mean " + dot + owner + "." + name + "? " : "")
                + "there are " + String.join(", ", new TreeSet<>(offered));
    }

    @Override
    @SuppressWarnings("NullAway") // Pebble gives null where there are no parentheses
    public ResolvedAttribute resolve(
            Object instance,
            Object name,
            Object[] argumentValues,
            ArgumentsNode args,
            EvaluationContextImpl context,
            String file,
            int line) {
        if (argumentValues != null) {
            throw new ValueFault("values have no functions to call; use a filter, as in {{ value | upper }}", line);
        }
        if (instance instanceof Map<?, ?> map) {
            return ofMap(map, name, line);
        }
        if (instance instanceof List<?> list) {
            return ofList(list, name, line);
        }
        if (instance instanceof Map.Entry<?, ?> entry && "key".equals(name)) {
            return new ResolvedAttribute(entry.getKey());
        }
        if (instance instanceof Map.Entry<?, ?> entry && "value".equals(name)) {
            return new ResolvedAttribute(entry.getValue());
        }
        if (instance instanceof ForNode.LoopVariables loop) {
            return ofLoop(loop, String.valueOf(name), line);
        }
        throw missing(name, line);
    }

    private static ResolvedAttribute ofMap(Map<?, ?> map, @Nullable Object name, int line) {
        if (map.containsKey(name)) {
            return new ResolvedAttribute(map.get(name));
        }
        // 1 and 1L are the same to a template
        if (name instanceof Number wanted) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Budget.current().spend(1);
                if (entry.getKey() instanceof Number key && key.doubleValue() == wanted.doubleValue()) {
                    return new ResolvedAttribute(entry.getValue());
                }
            }
        }
        throw missing(name, line);
    }

    private static ResolvedAttribute ofList(List<?> list, @Nullable Object name, int line) {
        String text = String.valueOf(name);
        int index = text.matches("\\d{1,9}") ? Integer.parseInt(text) : -1;
        if (index < 0 || index >= list.size()) {
            throw missing(name, line);
        }
        return new ResolvedAttribute(list.get(index));
    }

    private static ResolvedAttribute ofLoop(ForNode.LoopVariables loop, String name, int line) {
        return switch (name) {
            case "first" -> new ResolvedAttribute(loop.isFirst());
            case "last" -> new ResolvedAttribute(loop.isLast());
            case "length" -> new ResolvedAttribute(loop.getLength());
            case "index" -> new ResolvedAttribute(loop.getIndex());
            case "revindex" -> new ResolvedAttribute(loop.getRevindex());
            default -> throw missing(name, line);
        };
    }

    /** {@code a[b]} where b is no literal. A fault of its own does not say what b became, which may be a secret. */
    public static final class WorkedOut implements Expression<Object> {
        private final Expression<?> of;
        private final Expression<?> name;
        private final int line;

        public WorkedOut(Expression<?> of, Expression<?> name, int line) {
            this.of = of;
            this.name = name;
            this.line = line;
        }

        @Override
        public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            // before, since their faults say their own names
            Expression<?> value = new Known(of.evaluate(self, context), line);
            Expression<?> key = new Known(name.evaluate(self, context), line);
            try {
                return new GetAttributeExpression(value, key, "template", line).evaluate(self, context);
            } catch (RootAttributeNotFoundException e) {
                throw new RootAttributeNotFoundException(null, "", WORKED_OUT, line, "template");
            } catch (AttributeNotFoundException e) {
                throw new AttributeNotFoundException(null, "", WORKED_OUT, line, "template");
            }
        }

        @Override
        public void accept(NodeVisitor visitor) {
            visitor.visit(this);
        }

        @Override
        public int getLineNumber() {
            return line;
        }
    }

    /** What something was worked out to be. */
    private record Known(@Nullable Object value, int getLineNumber) implements Expression<Object> {
        @Override
        @SuppressWarnings("NullAway") // Pebble's evaluate may give null, which it does not say
        public Object evaluate(PebbleTemplateImpl self, EvaluationContextImpl context) {
            return value;
        }

        @Override
        public void accept(NodeVisitor visitor) {
            visitor.visit(this);
        }
    }

    private static AttributeNotFoundException missing(@Nullable Object name, int line) {
        String text = Objects.toString(name);
        return new AttributeNotFoundException(
                null, "", text.length() > 100 ? text.substring(0, 100) + "…" : text, line, "template");
    }
}
