package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.GoFunction;
import io.knit.gotemplate.tree.Operand;
import io.knit.gotemplate.tree.Pipeline;
import io.knit.gotemplate.value.GoType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pipelines, values → a value. Of one template; not thread-safe. */
final class Evaluator {
    private static final int STEP = 16;

    private final Map<String, GoFunction> functions;
    private final CostMeter meter;
    private final Variables variables;

    Evaluator(Map<String, GoFunction> functions, CostMeter meter, Variables variables) {
        this.functions = functions;
        this.meter = meter;
        this.variables = variables;
    }

    /** What is piped, which may be nothing at all, or the value null. */
    private record Piped(boolean isThere, @Nullable Object value) {
        static final Piped NOTHING = new Piped(false, null);
    }

    /** What comes out, which its variables have, too. */
    @Nullable
    Object pipe(@Nullable Object dot, Pipeline pipe) {
        meter.enter();
        Piped piped = Piped.NOTHING;
        for (Pipeline.Command command : pipe.commands()) {
            piped = new Piped(true, command(dot, command.words(), piped));
        }
        for (String name : pipe.variables()) {
            if (pipe.assigns()) {
                located(pipe, name, piped.value);
            } else {
                variables.declare(name, piped.value);
            }
        }
        meter.leave();
        return piped.value;
    }

    private void located(Pipeline pipe, String name, @Nullable Object value) {
        try {
            variables.assign(name, value);
        } catch (GoFault e) {
            throw e.at(pipe.place());
        }
    }

    private @Nullable Object command(@Nullable Object dot, List<Operand> words, Piped piped) {
        Operand first = words.get(0);
        if (first instanceof Operand.Name name) {
            return call(dot, name, words.subList(1, words.size()), piped);
        }
        boolean hasArguments = words.size() > 1 || piped.isThere;
        if (hasArguments) {
            throw new GoFault("this is no function, and takes no arguments", first.place());
        }
        if (first instanceof Operand.Nil) {
            throw new GoFault("nil can't stand alone", first.place());
        }
        return value(dot, first);
    }

    private @Nullable Object value(@Nullable Object dot, Operand operand) {
        meter.spend(STEP);
        try {
            return located(dot, operand);
        } catch (GoFault e) {
            throw e.at(operand.place());
        }
    }

    private @Nullable Object located(@Nullable Object dot, Operand operand) {
        if (operand instanceof Operand.Dot) {
            return dot;
        }
        if (operand instanceof Operand.Nil) {
            return null;
        }
        if (operand instanceof Operand.Literal literal) {
            if (literal.value() == null) {
                throw new GoFault("this number is too large");
            }
            return literal.value();
        }
        if (operand instanceof Operand.Field field) {
            return fields(dot, field.names());
        }
        if (operand instanceof Operand.Variable variable) {
            return fields(variables.get(variable.name()), variable.names());
        }
        if (operand instanceof Operand.Chain chain) {
            return fields(value(dot, chain.of()), chain.names());
        }
        if (operand instanceof Operand.Inner inner) {
            return pipe(dot, inner.pipe());
        }
        return call(dot, (Operand.Name) operand, List.of(), Piped.NOTHING);
    }

    private @Nullable Object fields(@Nullable Object start, List<String> names) {
        Object value = start;
        for (String name : names) {
            meter.spend(STEP);
            if (!(value instanceof Map<?, ?> map)) {
                throw new GoFault(
                        "there is no field " + name + " in " + GoType.of(value).words());
            }
            if (!map.containsKey(name)) {
                throw new GoFault(
                        "\"" + name + "\" does not exist; give it, or ask by index, which finds nothing then");
            }
            value = map.get(name);
        }
        return value;
    }

    private @Nullable Object call(@Nullable Object dot, Operand.Name name, List<Operand> words, Piped piped) {
        GoFunction function = functions.get(name.name());
        if (function == null) {
            throw new GoFault("there is no function \"" + name.name() + "\"", name.place());
        }
        int count = words.size() + (piped.isThere ? 1 : 0);
        if (count < function.fewest() || function.most() >= 0 && count > function.most()) {
            throw new GoFault(wanted(name.name(), function) + ", and there are " + count, name.place());
        }
        meter.enter();
        Object result;
        if (name.name().equals(Builtins.AND) || name.name().equals(Builtins.OR)) {
            result = lazy(dot, name.name().equals(Builtins.OR), words, piped);
        } else {
            List<@Nullable Object> arguments = new ArrayList<>();
            for (Operand word : words) {
                arguments.add(value(dot, word));
            }
            if (piped.isThere) {
                arguments.add(piped.value);
            }
            result = work(name, function, arguments);
        }
        meter.leave();
        return result;
    }

    private @Nullable Object work(Operand.Name name, GoFunction function, List<@Nullable Object> arguments) {
        try {
            return function.work().of(arguments, meter);
        } catch (GoFault e) {
            throw e.at(name.place());
        }
    }

    /** Looks only at so many as decide it. */
    private @Nullable Object lazy(@Nullable Object dot, boolean ends, List<Operand> words, Piped piped) {
        Object value = null;
        for (Operand word : words) {
            value = value(dot, word);
            if (GoType.truth(value) == ends) {
                return value;
            }
        }
        return piped.isThere ? piped.value : value;
    }

    private static String wanted(String name, GoFunction function) {
        String number = function.most() == function.fewest()
                ? String.valueOf(function.fewest())
                : function.most() < 0 ? function.fewest() + " or more" : function.fewest() + " to " + function.most();
        return name + " takes " + number + (number.equals("1") ? " argument" : " arguments");
    }
}
