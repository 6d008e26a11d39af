import Files

extension EvaluationPage {
    /// A figure with what stands beside it.
    private struct Row {
        var name: String
        var value: String
        /// The 95 % interval and how many trials it is of.
        var interval = "", beside = ""

        init(_ name: String, _ rate: Rate, _ beside: String = "") {
            (self.name, value, self.beside) = (name, percent(rate.value), beside)
            interval = "\(percent(rate.interval.lowerBound)) – \(percent(rate.interval.upperBound)), of \(rate.trials)"
        }

        init(_ name: String, _ estimate: Estimate, _ beside: String = "") {
            (self.name, value, interval, self.beside) = (name, three(estimate.value), "\(three(estimate.low)) – \(three(estimate.high))", beside)
        }

        init(_ name: String, _ number: Double, _ beside: String = "") { (self.name, value, self.beside) = (name, three(number), beside) }
    }

    /// Every figure that was measured, part by part, each part under the command that measures it.
    var table: Section {
        let groups = parts.map { part in
            let rows = rows(of: part).map { row in
                "<tr><td>\(escapedMarkup(row.name))</td><td class=\"number\">\(escapedMarkup(row.value))</td><td class=\"number\">\(escapedMarkup(row.interval))</td><td>\(escapedMarkup(row.beside))</td></tr>"
            }
            return "<tbody><tr><th colspan=\"4\">\(part.rawValue): <code>\(escapedMarkup("\(command) --only \(part.rawValue)"))</code></th></tr>\n\(rows.joined(separator: "\n"))</tbody>"
        }
        return Section(id: "figures", title: "Figures", body: """
            <p>On data that the model has never seen. Intervals are of 95 %.</p>
            <table><thead><tr><th>what</th><th>result</th><th>interval</th><th>beside</th></tr></thead>
            \(groups.joined(separator: "\n"))
            </table>
            """)
    }

    private func rows(of part: PainterEvaluation.Part) -> [Row] {
        switch part {
        case .recognition: recognition
        case .likeness: likeness
        case .scenes: report.scenes.flatMap(rows(of:))
        case .spec: report.spec.map { spec in
            [
                Row("plans exactly as asked", spec.exact, "refused: \(spec.refused)"), Row("classes and counts", spec.objects), Row("with sizes and places", spec.attributes),
                Row("relations", spec.relations),
            ]
        } ?? []
        case .prompts:
            [
                Row("asked objects present", report.prompts.objects), Row("relations right", report.prompts.relations, "objects dealt at random: \(report.prompts.relationsAtRandom)"),
                Row("swapped pairs right", report.prompts.swapped), Row("whole prompts followed", report.prompts.whole),
            ]
        case .editing: editing
        case .commands: commands
        case .completion:
            [
                Row("completed from half the strokes, recognised", report.completion.completed, "the half alone: \(report.completion.partial); people's whole drawing: \(report.completion.human)"),
                Row("with the class named", report.completion.completedWhenNamed),
                Row("the best ending by the ranker, as completed", report.completion.best),
                Row("the best ending with the class named", report.completion.bestWhenNamed),
            ]
        case .loss:
            [("plan", report.loss.plan), ("sketch", report.loss.sketch), ("canvas", report.loss.canvas), ("name", report.loss.name), ("command", report.loss.command), ("complete", report.loss.complete)].map {
                Row("nats a token: \($0.0)", $0.1, "without any knowledge: \(Self.three(report.loss.uniform))")
            }
        }
    }

    private var recognition: [Row] {
        let all = report.recognition, novelty = report.novelty
        return [
            Row("single samples recognised by the judge", all.painter, "people's held-out drawings: \(all.human); chance: \(Self.percent(all.chance))"),
            Row("the best of some by the ranker, as drawn", all.best), Row("share of people's rate, single samples", all.shareOfCeiling), Row("share of people's rate, as drawn", all.bestShareOfCeiling),
            Row("single samples recognised by the nearest neighbour on pixels", all.nearestNeighbourOnPainter, "people's: \(all.nearestNeighbourOnHumans)"),
            Row("distance to the nearest training drawing, median", novelty.painterMedian, "people's held-out drawings: \(Self.three(novelty.humanMedian))"),
            Row("near copies of training drawings", novelty.nearCopies, "nearer than 99 % of people's held-out drawings are"),
        ]
    }

    private var likeness: [Row] {
        guard let all = report.likeness else { return [] }
        func beside(_ figure: (LikenessReport.Row) -> String) -> String {
            "people's: \(figure(all.people)); people's with 2 % jitter: \(figure(all.jitter)); one drawing again and again: \(figure(all.repeated))"
        }
        return [
            Row("distance from people's drawings, over that of people's own", all.painter.ratio, beside { $0.ratio.description }),
            Row("people's drawings that lie among the drawn", all.painter.recall, beside { $0.recall.description }), Row("the same over people's own", all.painter.recallShare),
            Row("drawings that lie among people's", all.painter.precision, beside { $0.precision.description }),
            Row("spread inside a class, over people's", all.painter.spread, beside { $0.spread.description }),
        ]
    }

    private func rows(of scenes: SceneFigures) -> [Row] {
        let name = "\(scenes.objects) objects"
        return [
            Row("\(name): objects recognised", scenes.painter.objects, "people's: \(scenes.people.objects)"),
            Row("\(name): all recognised", scenes.painter.recognised, "people's: \(scenes.people.recognised)"),
            Row("\(name): and every relation right", scenes.painter.right, "people's, placed right: \(scenes.people.right); placed at random: \(scenes.random.right)"),
            Row("\(name): the same over people's", scenes.rightShare), Row("\(name): relations right where all are recognised", scenes.painter.rightWhereRecognised),
            Row("\(name): right in \(scenes.samples) of \(scenes.samples)", scenes.painter.everySample, "people's, placed right: \(scenes.people.everySample)"),
        ]
    }

    private var editing: [Row] {
        let all = report.editing, readings = "\(all.readings) reading\(all.readings == 1 ? "" : "s")"
        func beside(_ figures: ErasureFigures, _ figure: (Erasures) -> String) -> String {
            "boxes of touching strokes: \(figure(figures.boxCrop)); their nearest drawing: \(figure(figures.nearestDrawing))"
        }
        return [
            Row("erased exactly, strokes shuffled, best of \(readings)", all.erasedExactly, "a found object at random: \(all.erasedAtRandom); " + beside(all.erasures) { $0.exactly.description }),
            Row("strokes wrongly gone", all.erasures.painter.wronglyRemoved, beside(all.erasures) { $0.wronglyRemoved.description }),
            Row("strokes meant and gone, over meant or gone", all.erasures.painter.strokeIoU, beside(all.erasures) { Self.three($0.strokeIoU) }),
            Row("erased exactly, where it is sure alone", all.erasures.sure.exactly, "refused: \(all.erasures.refused); stroke IoU: \(Self.three(all.erasures.sure.strokeIoU))"),
            Row("strokes wrongly gone, where it is sure alone", all.erasures.sure.wronglyRemoved),
            Row("erased exactly where boxes overlap", all.overlapping.painter.exactly, beside(all.overlapping) { $0.exactly.description }),
            Row("erased exactly where the file tells its objects", all.erasedExactlyWithObjects), Row("a thing that is not there, refused", all.absentRefused),
            Row("the same, where it is sure alone", all.absentRefusedByDefault),
            Row("detection, mean average precision at an overlap of half", all.meanAveragePrecision,
                "strokes joined by touch: \(Self.three(all.meanAveragePrecisionTouching)); one box: \(Self.three(all.meanAveragePrecisionOneBox))"),
            Row("objects whose strokes are found exactly", all.objectsGroupedExactly, "strokes joined by touch: \(all.groupedByTouching)"), Row("class right, of those", all.classRight),
            Row("one of the three likeliest classes right", all.classRightInThree), Row("how far sureness of the class is from being right", all.reliability.error),
        ]
    }

    private var commands: [Row] {
        let all = report.commands
        return [
            Row("commands carried out, the rest of the file as it was", all.all, "from strokes alone: \(all.fromStrokes)"), Row("add", all.add), Row("move", all.move), Row("resize", all.resize), Row("two changes of one thing", all.twice),
            Row("replace", all.replace), Row("new things recognised", all.newRecognised), Row("on the right object", all.rightObject, "an object at random: \(all.objectAtRandom)"),
            Row("the rest of the file untouched", all.untouched),
        ]
    }
}
