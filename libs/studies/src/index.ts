export {
  DELIVERY_RUNGS,
  DELIVERY_STATES,
  type DeliveredObject,
  deliveredObjectSchema,
  type DeliveryRecord,
  deliveryRecordSchema,
  type DeliveryRung,
  type DeliveryState,
  highestRung,
  isDeliveryOver,
} from './delivery/delivery-record';
