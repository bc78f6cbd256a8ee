/// The natural logarithm by its series: the same bits on every machine and C library.
package func naturalLogarithm(_ value: Double) -> Double {
  let exponent = Double(value.exponent)
  let ratio = (value.significand - 1) / (value.significand + 1)
  let square = ratio * ratio
  var (term, sum, divisor) = (ratio, 0.0, 1.0)
  for _ in 0..<24 {
    sum += term / divisor
    term *= square
    divisor += 2
  }
  return 2 * sum + exponent * 0.6931471805599453
}
