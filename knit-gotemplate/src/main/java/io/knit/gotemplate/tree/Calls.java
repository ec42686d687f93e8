package io.knit.gotemplate.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the functions that are called, whether or not rendering comes to them. */
final class Calls {
    private final List<FunctionCall> found = new ArrayList<>();

    private Calls() {}

    static List<FunctionCall> of(Definitions definitions) {
        Calls calls = new Calls();
        definitions.byName().values().forEach(calls::parts);
        return calls.found;
    }

    private void parts(@Nullable List<TreePart> parts) {
        if (parts == null) {
            return;
        }
        for (TreePart part : parts) {
            if (part instanceof TreePart.Action action) {
                pipe(action.pipe());
            } else if (part instanceof TreePart.Branch branch) {
                pipe(branch.pipe());
                parts(branch.then());
                parts(branch.otherwise());
            } else if (part instanceof TreePart.Call call && call.pipe() != null) {
                pipe(call.pipe());
            }
        }
    }

    private void pipe(Pipeline pipe) {
        for (int i = 0; i < pipe.commands().size(); i++) {
            List<Operand> words = pipe.commands().get(i).words();
            if (words.get(0) instanceof Operand.Name name) {
                List<Operand> arguments = new ArrayList<>(words.subList(1, words.size()));
                if (i > 0) {
                    arguments.add(piped(pipe, i));
                }
                found.add(new FunctionCall(name.place(), name.name(), arguments));
            } else {
                operand(words.get(0));
            }
            words.subList(1, words.size()).forEach(this::operand);
        }
    }

    /** What the commands before this one are, as one argument of it. */
    private static Operand piped(Pipeline pipe, int command) {
        List<Pipeline.Command> before = pipe.commands().subList(0, command);
        return command == 1 && before.get(0).words().size() == 1
                ? before.get(0).words().get(0)
                : new Operand.Inner(pipe.place(), new Pipeline(pipe.place(), List.of(), false, before));
    }

    private void operand(Operand operand) {
        if (operand instanceof Operand.Name name) {
            found.add(new FunctionCall(name.place(), name.name(), List.of()));
        } else if (operand instanceof Operand.Inner inner) {
            pipe(inner.pipe());
        } else if (operand instanceof Operand.Chain chain) {
            operand(chain.of());
        }
    }
}
