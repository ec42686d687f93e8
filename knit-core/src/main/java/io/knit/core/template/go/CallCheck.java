package io.knit.core.template.go;

import io.knit.core.spec.Reads;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.tree.Definitions;
import io.knit.gotemplate.tree.FunctionCall;

/** Whether all that a template reads stands in its text. */
final class CallCheck {
    private CallCheck() {}

    /** @throws GoFault if not */
    static void check(Definitions definitions) {
        for (FunctionCall call : definitions.calls()) {
            String name = call.name();
            if (Reads.FUNCTIONS.contains(name) && !call.isByText()) {
                throw new GoFault(
                        name + " takes one name in quotes, as " + name
                                + " \"app\": what a template reads is known before it is rendered",
                        call.place());
            }
            if (Reads.SERVICE.equals(name) && !Reads.isService(call.text())) {
                throw new GoFault(
                        "service takes a deployment's name in quotes, as service \"web\" or, of a stack, service \"web.shop\"",
                        call.place());
            }
        }
    }
}
