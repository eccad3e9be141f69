// SPDX-License-Identifier: Apache-2.0
import AEMetrics
import Foundation
import Glibc

/// What one call of a codec took.
struct Cost: Codable, Equatable, Sendable {
    /// CPU seconds, all threads of the process that ran the codec.
    var cpu = 0.0
    /// Seconds.
    var wall = 0.0
    /// Peak resident bytes of that process; nil if it is this one, which then knows only at its end.
    var peakBytes: Int?

    static func + (a: Cost, b: Cost) -> Cost {
        Cost(
            cpu: a.cpu + b.cpu, wall: a.wall + b.wall,
            peakBytes: [a.peakBytes, b.peakBytes].compactMap(\.self).max())
    }
}

/// Runs something in this process and takes its time.
func timed<Result>(_ work: () throws -> Result) rethrows -> (result: Result, cost: Cost) {
    let cpu = processorSeconds()
    let wall = ContinuousClock.now
    let result = try work()
    let duration = (ContinuousClock.now - wall).components
    return (
        result,
        Cost(
            cpu: processorSeconds() - cpu,
            wall: Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
    )
}

/// CPU seconds that this process has used, all threads together.
func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The middle value; the mean of the two in the middle if they are even in number.
func median(_ values: [Double]) -> Double {
    precondition(!values.isEmpty)
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

/// Half the distance between the quartiles, which are interpolated linearly between sorted values.
func halfInterquartileRange(_ values: [Double]) -> Double {
    precondition(!values.isEmpty)
    let sorted = values.sorted()
    return (quantile(0.75, ofSorted: sorted) - quantile(0.25, ofSorted: sorted)) / 2
}

/// The most memory that this process had resident since ``resetPeakMemory()``, in bytes.
///
/// From VmHWM of /proc/self/status: the figure of `wait4` begins with that of the process that spawned
/// this one, because Linux carries it over `exec`.
func peakMemory() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    return 1024 * (kilobytes ?? 0)
}

/// Lets the peak begin at what is resident now. (proc(5), clear_refs)
func resetPeakMemory() {
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
}

/// The machine, as reports name it.
package func thisMachine(threads: Int) -> Machine {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let processor = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
    let system = name?.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""])
    return Machine(
        processor: processor ?? "unknown processor", system: system ?? "unknown system", threads: threads)
}
