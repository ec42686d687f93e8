package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import io.knit.gotemplate.format.Out;
import io.knit.gotemplate.format.ValuePrinter;
import io.knit.gotemplate.tree.Definitions;
import io.knit.gotemplate.tree.Pipeline;
import io.knit.gotemplate.tree.TreePart;
import io.knit.gotemplate.value.GoType;
import io.knit.gotemplate.value.Octet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Goes through a template and writes what it becomes. Each that is called has its own variables. Not thread-safe. */
public final class TemplateRun {
    private static final int STEP = 16;

    private final Definitions definitions;
    private final Map<String, GoFunction> functions;
    private final CostMeter meter;
    private final Out out;
    private final Variables variables;
    private final Evaluator evaluator;

    private TemplateRun(Definitions definitions, Map<String, GoFunction> functions, CostMeter meter, Out out) {
        this.definitions = definitions;
        this.functions = functions;
        this.meter = meter;
        this.out = out;
        this.variables = new Variables(meter);
        this.evaluator = new Evaluator(functions, meter, variables);
    }

    /** @throws GoFault with its place, or without one where a bound is reached */
    public static String render(
            Definitions definitions, Map<String, GoFunction> functions, @Nullable Object dot, CostMeter meter) {
        Out out = Out.output(meter);
        new TemplateRun(definitions, functions, meter, out).template(definitions.main(), dot);
        return out.toString();
    }

    /** What comes after a part. */
    private enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    private void template(List<TreePart> nodes, @Nullable Object dot) {
        variables.declare("$", dot);
        nodes(nodes, dot);
    }

    private Flow nodes(List<TreePart> nodes, @Nullable Object dot) {
        meter.enter();
        Flow flow = Flow.ON;
        for (int i = 0; i < nodes.size() && flow == Flow.ON; i++) {
            meter.spend(STEP);
            try {
                flow = node(nodes.get(i), dot);
            } catch (GoFault e) {
                throw e.at(nodes.get(i).place());
            }
        }
        meter.leave();
        return flow;
    }

    private Flow node(TreePart node, @Nullable Object dot) {
        if (node instanceof TreePart.Text text) {
            out.add(text.text());
        } else if (node instanceof TreePart.Action action) {
            Object value = evaluator.pipe(dot, action.pipe());
            if (action.pipe().variables().isEmpty()) {
                ValuePrinter.write(value, out);
            }
        } else if (node instanceof TreePart.Branch branch) {
            int mark = variables.mark();
            Flow flow = branch.kind() == TreePart.Kind.RANGE ? range(branch, dot) : branch(branch, dot);
            variables.backTo(mark);
            return flow;
        } else if (node instanceof TreePart.Call call) {
            call(call, dot);
        } else {
            return node instanceof TreePart.Break ? Flow.BREAK : Flow.CONTINUE;
        }
        return Flow.ON;
    }

    private Flow branch(TreePart.Branch branch, @Nullable Object dot) {
        Object value = evaluator.pipe(dot, branch.pipe());
        if (GoType.truth(value)) {
            return nodes(branch.then(), branch.kind() == TreePart.Kind.WITH ? value : dot);
        }
        return branch.otherwise() == null ? Flow.ON : nodes(branch.otherwise(), dot);
    }

    private Flow range(TreePart.Branch branch, @Nullable Object dot) {
        Object value = evaluator.pipe(dot, branch.pipe());
        boolean wentRound = false;
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                wentRound = true;
                if (round(branch, (long) i, list.get(i)) == Flow.BREAK) {
                    break;
                }
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<String, ?> entry : ValuePrinter.byKey(map, meter).entrySet()) {
                wentRound = true;
                if (round(branch, entry.getKey(), entry.getValue()) == Flow.BREAK) {
                    break;
                }
            }
        } else if (GoType.of(value).isWhole() && value instanceof Number number) {
            if (branch.pipe().variables().size() > 1) {
                throw new GoFault("range over a number gives one variable, not two");
            }
            for (long i = 0; i < number.longValue(); i++) {
                wentRound = true;
                if (round(branch, null, number instanceof Octet ? new Octet((int) i) : (Object) i) == Flow.BREAK) {
                    break;
                }
            }
        } else if (value != null) {
            throw new GoFault("range goes through lists, maps and whole numbers, and this is "
                    + GoType.of(value).words());
        }
        if (wentRound || branch.otherwise() == null) {
            return Flow.ON;
        }
        // a break in there is this range's, and a continue that of the one around, as in Go
        Flow flow = nodes(branch.otherwise(), dot);
        return flow == Flow.BREAK ? Flow.ON : flow;
    }

    private Flow round(TreePart.Branch branch, @Nullable Object index, @Nullable Object element) {
        meter.round();
        Pipeline pipe = branch.pipe();
        int count = pipe.variables().size();
        if (pipe.assigns() && count > 0) {
            variables.assign(pipe.variables().get(0), count > 1 ? index : element);
            if (count > 1) {
                variables.assign(pipe.variables().get(1), element);
            }
        } else if (count > 0) {
            variables.assignFromTop(1, element);
            if (count > 1) {
                variables.assignFromTop(2, index);
            }
        }
        int mark = variables.mark();
        Flow flow = nodes(branch.then(), element);
        variables.backTo(mark);
        return flow;
    }

    private void call(TreePart.Call call, @Nullable Object dot) {
        List<TreePart> nodes = definitions.byName().get(call.name());
        if (nodes == null) {
            throw new GoFault("there is no template \"" + call.name() + "\"");
        }
        Object inner = call.pipe() == null ? null : evaluator.pipe(dot, call.pipe());
        meter.round();
        new TemplateRun(definitions, functions, meter, out).template(nodes, inner);
    }
}
